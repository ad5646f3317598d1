package org.millrace.jobs.score.onnx;

import org.apache.spark.SparkEnv;

/** Names the JVM that the caller runs in: Spark's executor id and the process id. */
final class ExecutorJvm {
  private ExecutorJvm() {}

  /** Such as {@code 0@1234}; {@code driver@1234} on the driver and in local mode. */
  static String id() {
    SparkEnv spark = SparkEnv.get();
    return (spark == null ? "none" : spark.executorId()) + "@" + ProcessHandle.current().pid();
  }
}
