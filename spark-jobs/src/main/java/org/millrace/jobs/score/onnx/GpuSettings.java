package org.millrace.jobs.score.onnx;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Compares the wanted device with Spark's settings of GPUs. Driver only; stateless. */
final class GpuSettings {
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";

  private GpuSettings() {}

  /**
   * Refuses what would hang or run elsewhere than wanted.
   *
   * @throws MillraceException DEFINITION
   */
  static void check(SparkContext spark, Device device) {
    check(spark.getConf(), spark.isLocal(), device);
  }

  static void check(SparkConf conf, boolean local, Device device) {
    boolean scheduled = conf.contains(TASK_GPUS);
    if (local && scheduled) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot score: %s is %s and the master is %s, which never gives a task a GPU: the job would hang; use a standalone cluster, or unset it"
              .formatted(TASK_GPUS, conf.get(TASK_GPUS), conf.get("spark.master")));
    }

    if (device == Device.CUDA && !local && !scheduled) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot score on GPUs: %s is not set, so that %s schedules none to tasks; set it, and the executors' and workers' amounts"
              .formatted(TASK_GPUS, conf.get("spark.master")));
    }
  }
}
