package org.millrace.registry.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.registry.testing.MlflowServer;
import org.millrace.registry.testing.Runs;
import org.millrace.registry.testing.TinyOnnx;
import org.mlflow.api.proto.Service;
import org.mlflow.tracking.MlflowClient;

/** A real server that is killed under our feet. */
@Tag("slow")
class TestMlflowRestarts {
  private static final String NAME = "restarted";
  private static MlflowServer server;

  @BeforeAll
  static void start() {
    server = MlflowServer.open();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static MlflowRegistry registry(Duration retryFor) {
    return new MlflowRegistry(
        new MlflowSettings(
            server.uri(), Duration.ofSeconds(30), retryFor, Optional.empty(), "robin"));
  }

  @Test
  void callsAgainAfterAKillLeaveOneRunAndOneVersion(@TempDir Path temp)
      throws InterruptedException {
    RunRecord run = Runs.training(NAME, NAME + ".train", "f1");
    ModelPackage model =
        TinyOnnx.modelPackage(NAME, TinyOnnx.write(temp.resolve("model.onnx"), "a"));
    MlflowRegistry registry = registry(Duration.ofSeconds(1));
    String runId = registry.logRun(run);
    server.kill();

    assertThatThrownBy(() -> registry.register(runId, model))
        .isInstanceOf(MillraceException.class)
        .hasMessageMatching(
            "(?s)Cannot read run "
                + runId
                + ": MLflow at "
                + server.uri()
                + " failed \\d+ times in \\d+\\.\\d s, last: ConnectException.*start the server.*")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.EXTERNAL);
    server.start();
    assertThat(registry.byVersion(NAME, "1")).as("nothing is half registered").isEmpty();

    ModelVersion version = registry.register(registry.logRun(run), model);
    server.kill();
    // A patient caller outlives the restart: its call waits for the server to come back.
    Thread restart = new Thread(server::start);
    restart.start();
    MlflowRegistry patient = registry(Duration.ofMinutes(4));
    assertThat(patient.logRun(run)).isEqualTo(runId);
    assertThat(patient.register(runId, model)).isEqualTo(version);
    restart.join();

    assertThat(registry.byVersion(NAME, "2")).isEmpty();
    try (MlflowClient client = new MlflowClient(server.uri().toString())) {
      String id = client.getExperimentByName(NAME).orElseThrow().getExperimentId();
      List<Service.Run> runs =
          client.searchRuns(List.of(id), "", Service.ViewType.ALL, 100).getItems();
      assertThat(runs).hasSize(1);
      assertThat(runs.get(0).getInfo().getStatus()).isEqualTo(Service.RunStatus.FINISHED);
    }
  }
}
