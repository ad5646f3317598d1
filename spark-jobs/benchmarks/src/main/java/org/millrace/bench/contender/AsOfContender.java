package org.millrace.bench.contender;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** A contender of {@code bin/bench asof} on the JVM: {@link ContenderMain} for as-of joins. */
public final class AsOfContender {
  private AsOfContender() {}

  /** Answers until told to end, or until nobody asks any more. */
  public static void main(String[] arguments) throws IOException {
    AsOfTask task = AsOfTask.of(arguments[0]);
    ContenderMain.serve(() -> work(task), AsOfContender::versions);
  }

  private static Work work(AsOfTask task) {
    if (task.kind().contains("-night")) {
      return new NightWork(task);
    }

    return task.kind().endsWith("-windows") ? new WindowsWork(task) : new AsOfWork(task);
  }

  private static Map<String, String> versions() {
    Map<String, String> versions = new TreeMap<>();
    versions.put("java", System.getProperty("java.version"));
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    return versions;
  }
}
