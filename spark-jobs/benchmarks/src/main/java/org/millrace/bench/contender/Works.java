package org.millrace.bench.contender;

import ai.onnxruntime.OrtEnvironment;
import java.util.Map;
import java.util.TreeMap;

/** The kinds of work that a JVM contender knows. */
final class Works {
  private Works() {}

  /** The work of the task's kind, ready. */
  static Work of(Task task) {
    return switch (task.kind()) {
      case "millrace" -> SparkWork.scoring(task, SparkWork.Sink.NOOP);
      case "millrace-write" -> SparkWork.scoring(task, SparkWork.Sink.DELTA);
      case "nomodel-write" -> SparkWork.withoutModel(task, SparkWork.Sink.DELTA);
      case "millrace-startup" -> new StartupWork(task);
      case "scan" -> new ScanWork(task);
      case "ort" -> new BareOrtWork(task, false);
      case "ort-startup" -> new BareOrtWork(task, true);
      case "soak" -> new SoakWork(task);
      default ->
          throw new IllegalArgumentException(
              "Cannot do the work %s: no such kind".formatted(task.kind()));
    };
  }

  static Map<String, String> versions() {
    Map<String, String> versions = new TreeMap<>();
    versions.put("java", System.getProperty("java.version"));
    versions.put("onnxruntime", OrtEnvironment.getEnvironment().getVersion());
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    versions.put("vector module", vectors ? "yes" : "no");
    return versions;
  }
}
