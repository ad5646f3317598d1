package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.Json;

/** Runs a driver as a process of its own, which starts executors that are processes too. */
final class ChildSpark {
  private ChildSpark() {}

  /**
   * Runs the class's main method to its end.
   *
   * @param home an empty folder
   * @return the JSON objects it printed, one a line
   */
  static List<JsonNode> run(Path home, Class<?> application)
      throws IOException, InterruptedException {
    Path out = home.resolve("out");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    command.addAll(
        List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), application.getName()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_TESTING", "1"); // jars come from the class path, not the home
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(180, TimeUnit.SECONDS)).as(Files.readString(out)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(out)).isZero();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }

    List<JsonNode> printed = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      if (line.startsWith("{")) {
        printed.add(Json.MAPPER.readTree(line));
      }
    }

    return printed;
  }

  /** A session on a cluster of executors, each with its own JVM. */
  static SparkSession.Builder session(String master) {
    return SparkSession.builder()
        .master(master)
        .config("spark.executor.memory", "600m")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.locality.wait", "0s")
        .config("spark.ui.enabled", "false");
  }

  static void awaitExecutors(SparkSession spark, int executors) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (spark.sparkContext().statusTracker().getExecutorInfos().length < executors + 1) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(executors + " executors did not come within two minutes");
      }

      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
