package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Json;

/** Two executors that are processes of their own: each opens the model once, for both jobs. */
@Tag("slow")
class TestExecutorJvms {
  @TempDir private Path home;

  @Test
  void eachExecutorJvmOpensOneSessionForAllTasksOfAllJobs() throws Exception {
    List<JsonNode> jobs = ChildSpark.run(home, Application.class);

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
      SparkSession spark = ChildSpark.session("local-cluster[2,1,600]").getOrCreate();
      spark.sparkContext().setLogLevel("ERROR");
      ChildSpark.awaitExecutors(spark, 2);
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
  }
}
