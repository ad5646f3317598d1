package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Json;

/** Two executors that are processes of their own: each opens the model once, for both jobs. */
class TestExecutorJvms {
  @TempDir private Path home;

  @Test
  void eachExecutorJvmOpensOneSessionForAllTasksOfAllJobs() throws Exception {
    Path out = home.resolve("out");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    command.addAll(
        List.of(
            "-Xmx512m", "-cp", System.getProperty("java.class.path"), Application.class.getName()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_TESTING", "1"); // jars come from the class path, not the home
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Process application = builder.start();
    try {
      assertThat(application.waitFor(180, TimeUnit.SECONDS)).as(Files.readString(out)).isTrue();
      assertThat(application.exitValue()).as(Files.readString(out)).isZero();
    } finally {
      application.descendants().forEach(ProcessHandle::destroyForcibly);
      application.destroyForcibly();
    }

    List<JsonNode> jobs = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      if (line.startsWith("{")) {
        jobs.add(Json.MAPPER.readTree(line));
      }
    }

    assertThat(jobs).hasSize(2);
    for (JsonNode job : jobs) {
      assertThat(job.get("rows").asLong()).isEqualTo(20_000);
      assertThat(job.get("executors")).hasSize(2);
      for (int i = 0; i < 2; i++) {
        String executor = job.get("executors").get(i).asText();
        assertThat(executor).startsWith(i + "@");
        assertThat(job.get("sessions").get(i).asText()).isEqualTo(executor + "#1");
      }

      assertThat(job.get("sessions")).hasSize(2);
    }

    assertThat(jobs.get(1)).isEqualTo(jobs.get(0));
    assertThat(crashReports()).isEmpty();
  }

  private List<Path> crashReports() throws java.io.IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files.filter(file -> file.getFileName().toString().startsWith("hs_err")).toList();
    }
  }

  /** The driver: scores 50 partitions, twice, and prints what the tasks told. */
  static final class Application {
    private Application() {}

    public static void main(String[] args) throws Exception {
      SparkSession spark =
          SparkSession.builder()
              .master("local-cluster[2,1,600]")
              .config("spark.executor.memory", "600m")
              .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.locality.wait", "0s")
              .config("spark.ui.enabled", "false")
              .getOrCreate();
      spark.sparkContext().setLogLevel("ERROR");
      awaitExecutors(spark);
      byte[] bytes = TestModels.matrix(false, 0.001f);
      for (int job = 0; job < 2; job++) {
        OnnxScoring scoring =
            OnnxScoring.of(OnnxModel.of("matrix", "1", bytes))
                .input("features", List.of("id"))
                .batchRows(128);
        scoring
            .apply(spark.range(0, 20_000, 1, 50).toDF())
            .foreach(
                (org.apache.spark.api.java.function.ForeachFunction<org.apache.spark.sql.Row>)
                    row -> {});
        ScoringCounts counts = scoring.counts();
        System.out.println(
            Json.MAPPER.writeValueAsString(
                Map.of(
                    "rows",
                    counts.rows(),
                    "sessions",
                    counts.sessions(),
                    "executors",
                    counts.executors())));
      }

      spark.stop();
    }

    private static void awaitExecutors(SparkSession spark) throws InterruptedException {
      long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
      while (spark.sparkContext().statusTracker().getExecutorInfos().length < 3) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("two executors did not come within two minutes");
        }

        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }
}
