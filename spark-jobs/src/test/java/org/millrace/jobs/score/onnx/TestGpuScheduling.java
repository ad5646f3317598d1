package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;

/** How Spark's GPU settings reach the tasks, on a cluster that only says it has a GPU. */
@Tag("slow")
class TestGpuScheduling {
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";

  @TempDir private Path home;

  @Test
  void localModeIsRefusedBecauseItWouldHang() {
    SparkConf conf = new SparkConf(false).set("spark.master", "local[2]").set(TASK_GPUS, "0.5");

    for (Device device : Device.values()) {
      assertThatThrownBy(() -> GpuSettings.check(conf, true, device))
          .isInstanceOf(MillraceException.class)
          .hasMessage(
              "Cannot score: spark.task.resource.gpu.amount is 0.5 and the master is local[2], which"
                  + " never gives a task a GPU: the job would hang; use a standalone cluster, or unset"
                  + " it")
          .extracting(thrown -> ((MillraceException) thrown).category())
          .isEqualTo(ErrorCategory.DEFINITION);
    }
  }

  @Test
  void aClusterThatSchedulesNoGpuIsRefused() {
    SparkConf conf = new SparkConf(false).set("spark.master", "spark://127.0.0.1:7077");

    assertThatThrownBy(() -> GpuSettings.check(conf, false, Device.CUDA))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "Cannot score on GPUs: spark.task.resource.gpu.amount is not set, so that"
                + " spark://127.0.0.1:7077 schedules none to tasks");
    GpuSettings.check(conf, false, Device.CPU);
    GpuSettings.check(conf.set(TASK_GPUS, "1"), false, Device.CUDA);
  }

  @Test
  void tasksThatShareAGpuShareItsSession() throws Exception {
    List<JsonNode> printed = ChildSpark.run(home, Application.class);

    assertThat(printed).hasSize(1);
    assertThat(printed.get(0).get("refused").asText())
        .contains("on a GPU: this build of ONNX Runtime has the providers [");
    assertThat(printed.get(0).get("rows").asLong()).isEqualTo(5_000);
    assertThat(printed.get(0).get("sessions")).hasSize(1);
    assertThat(printed.get(0).get("engines").toString()).isEqualTo("[\"onnxruntime on CPU\"]");
  }

  /** The driver: one worker with two cores and one GPU, of which each task takes a half. */
  static final class Application {
    private Application() {}

    public static void main(String[] args) throws Exception {
      Path script = Files.createTempFile("gpus", ".sh");
      Files.writeString(script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\"]}'\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
      SparkSession spark =
          ChildSpark.session("local-cluster[1,2,1024]")
              .config("spark.worker.resource.gpu.amount", "1")
              .config("spark.worker.resource.gpu.discoveryScript", script.toString())
              .config("spark.executor.resource.gpu.amount", "1")
              .config("spark.executor.resource.gpu.discoveryScript", script.toString())
              .config("spark.driver.resource.gpu.amount", "0")
              .config("spark.task.maxFailures", "1")
              .config(TASK_GPUS, "0.5")
              .getOrCreate();
      spark.sparkContext().setLogLevel("ERROR");
      ChildSpark.awaitExecutors(spark, 1);
      OnnxScoring scoring =
          OnnxScoring.of(OnnxModel.of("matrix", "1", TestModels.matrix(false, 0.001f)))
              .input("features", List.of("id"))
              .device(Device.CUDA);
      String refused = "";
      try {
        scoring.apply(spark.range(0, 10, 1, 1).toDF()).collectAsList();
      } catch (Exception e) {
        refused = String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
      }

      scoring.allowCpu().apply(spark.range(0, 5_000, 1, 8).toDF()).collectAsList();
      ScoringCounts counts = scoring.counts();
      System.out.println(
          Json.MAPPER.writeValueAsString(
              Map.of(
                  "refused", refused,
                  "rows", counts.rows(),
                  "sessions", counts.sessions(),
                  "engines", counts.engines())));
      spark.stop();
      Files.delete(script);
    }
  }
}
