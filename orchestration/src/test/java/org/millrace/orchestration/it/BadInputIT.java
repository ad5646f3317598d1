package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;

/** What is wrong appears in words and in the exit code, and nothing of it becomes visible. */
class BadInputIT {
  private static final String UNPUBLISHED = "2013-01-22";

  private final SharedLake lake = SharedLake.get();
  private final MlflowState registry = new MlflowState(lake.mlflow().uri());

  @Test
  void refusesWrongDefinitionsWithAllErrorsBeforeSparkStarts() {
    Path nowhere = lake.path().resolveSibling("nowhere");
    ConfCopy conf =
        lake.conf()
            .replace("features/origin_weather.yaml", "ttl: PT6H", "ttl: six hours")
            .append("features/origin_weather.yaml", "colour: blue\n")
            .replace("scoring/late_flight.yaml", "batch-rows: 4096", "batch-rows: many");

    FinishedCommand refused =
        lake.run(nowhere, "score", "--date", UNPUBLISHED, "--conf", conf + "");

    assertFailed(refused, ErrorCategory.DEFINITION);
    assertThat(refused.result().message())
        .contains("3 errors")
        .containsPattern(
            "features/origin_weather\\.yaml:\\d+: 'ttl': expected an ISO 8601 duration")
        .containsPattern("features/origin_weather\\.yaml:\\d+: unknown key 'colour'; allowed: ")
        .containsPattern("scoring/late_flight\\.yaml:\\d+: 'batch-rows': expected ");
    assertThat(refused.took()).isLessThan(Duration.ofSeconds(5));
    assertThat(nowhere).as("Spark was started").doesNotExist();
  }

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  void asksForAMissingDayToComeLater() {
    Path copy = lake.copy();
    List<String> before = SharedLake.commits(copy);

    FinishedCommand missing =
        lake.run(copy, "score", "--date", "2013-02-10", "--conf", lake.conf().toString());

    assertFailed(missing, ErrorCategory.INPUT_MISSING);
    assertThat(missing.result().message())
        .contains("raw.flights")
        .contains("2013-02-10")
        .contains("it has 31 days from 2013-01-01 to 2013-01-31; run the days from 2013-02-");
    List<String> after = new ArrayList<>(SharedLake.commits(copy));
    after.removeAll(before);
    assertThat(after)
        .as("nothing but the record of the run")
        .singleElement()
        .asString()
        .contains("ops.db/runs/");
  }

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  void stopsARunWhoseFeaturesBreakARuleBeforeTheyAreVisible() {
    Path copy = lake.copy();
    ConfCopy conf =
        lake.conf()
            .replace(
                "validation/origin_weather.dqdl",
                "Completeness \"temp\" > 0.9",
                "ColumnValues \"temp\" between 400 and 500");
    Path features = copy.resolve("warehouse/features.db");
    List<String> before = SharedLake.commits(features);
    List<String> published = SharedLake.commits(copy.resolve("warehouse/predictions.db"));

    FinishedCommand stopped = lake.run(copy, "run", "--date", "2013-01-31", "--conf", conf + "");

    assertFailed(stopped, ErrorCategory.DATA_CONTRACT);
    assertThat(stopped.step("materialize").outcome()).isEqualTo(Outcome.DONE);
    assertThat(stopped.result().message())
        .contains("Cannot publish features.origin_weather for 2013-01-31: 1 of ")
        .containsPattern("ColumnValues \"temp\" between 400 and 500 \\(value [0-9.]+, bound ");
    assertThat(SharedLake.commits(features)).isEqualTo(before);
    assertThat(SharedLake.commits(copy.resolve("warehouse/predictions.db"))).isEqualTo(published);
  }

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  void keepsTheChampionWhereTheGateRejectsACandidate() {
    Path copy = lake.copy();
    ConfCopy conf =
        lake.conf()
            .replace("training/late_flight.yaml", "to: 2013-10-31", "to: 2013-01-20")
            .replace("training/late_flight.yaml", "seed: 42", "seed: 43")
            .replace("training/late_flight.yaml", "count: 10", "count: 5")
            .replace(
                "gate/late_flight.yaml",
                "{from: 2013-11-01, to: 2013-11-30}",
                "{from: 2013-01-21, to: 2013-01-25}")
            .replace("gate/late_flight.yaml", "{min: 0.55, max: 0.85}", "{min: 0.99, max: 1.0}");
    int versions = registry.versions();
    String champion = registry.champion();
    List<String> published = SharedLake.commits(copy.resolve("warehouse/predictions.db"));

    FinishedCommand run =
        lake.run(copy, "run", "--from", "2013-01-01", "--to", "2013-01-31", "--conf", conf + "");

    assertThat(run.exitCode()).as("goes on with the champion\n" + run.err()).isZero();
    JobResult gate = run.step("gate");
    assertThat(gate.exitCode()).isEqualTo(66);
    assertThat(gate.message()).contains("verdict FAIL").contains("below the minimum 0.99");
    assertThat(registry.versions()).isEqualTo(versions + 1);
    assertThat(registry.tag("" + (versions + 1), "millrace.gate.verdict")).isEqualTo("FAIL");
    assertThat(registry.champion()).isEqualTo(champion);
    assertThat(run.step("score").outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(SharedLake.commits(copy.resolve("warehouse/predictions.db"))).isEqualTo(published);

    FinishedCommand again = lake.run(copy, "gate", "--date", "2013-01-31", "--conf", conf + "");

    assertFailed(again, ErrorCategory.GATE_REJECTED);
    assertThat(again.result().message()).contains("verdict FAIL", "stays champion");
    assertThat(registry.champion()).isEqualTo(champion);
  }

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  void fetchesADamagedModelOfTheCacheAgain() throws IOException {
    Path copy = lake.copy();
    try (Stream<Path> models = Files.list(copy.resolve("models"))) {
      for (Path model : models.filter(file -> file.toString().endsWith(".model.onnx")).toList()) {
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length / 2] ^= 1;
        Files.write(model, bytes);
      }
    }

    FinishedCommand scored =
        lake.run(copy, "score", "--date", UNPUBLISHED, "--conf", lake.conf().toString());

    assertThat(scored.exitCode()).as(scored.err()).isZero();
    assertThat(scored.err()).contains("it is damaged: Cannot use model.onnx of late_flight/");
    try (Stream<Path> models = Files.list(copy.resolve("models"))) {
      assertThat(models.filter(file -> file.toString().endsWith(".model.onnx")))
          .anySatisfy(
              file ->
                  assertThat(file.getFileName().toString())
                      .isEqualTo(Digest.sha256(file) + ".model.onnx"));
    }
  }

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ_WRITE)
  void publishesWithTheCachedChampionWhileMlflowIsDownAndDeliversTheLineageLater()
      throws IOException {
    Path copy = lake.copy();
    ConfCopy conf = lake.conf().replace("training/late_flight.yaml", "seed: 42", "seed: 44");
    String[] day = {"--date", UNPUBLISHED, "--conf", conf.toString()};
    int versions = registry.versions();
    long trainings = registry.runs("train ");
    lake.mlflow().kill();
    FinishedCommand train;
    FinishedCommand score;
    FinishedCommand publish;
    try {
      train = lake.run(copy, "train", day[0], day[1], day[2], day[3]);
      score = lake.run(copy, "score", day[0], day[1], day[2], day[3]);
      publish = lake.run(copy, "publish", day[0], day[1], day[2], day[3]);
    } finally {
      lake.mlflow().start();
    }

    assertFailed(train, ErrorCategory.EXTERNAL);
    assertThat(train.result().message())
        .contains("MLflow at " + lake.mlflow().uri() + " failed ")
        .contains("start the server");
    assertThat(registry.versions()).isEqualTo(versions);
    assertThat(registry.runs("train ")).isEqualTo(trainings);
    assertThat(score.exitCode()).as(score.err()).isZero();
    assertThat(score.result().message()).endsWith("named by the cache");
    assertThat(publish.exitCode()).as(publish.err()).isZero();
    assertThat(
            lake.sql()
                .number(
                    "SELECT count(*) FROM "
                        + SqlService.table(copy, "predictions.late_flight")
                        + " WHERE flight_date = DATE'"
                        + UNPUBLISHED
                        + "'"))
        .isEqualTo(publish.result().counts().get("rows_out"))
        .isPositive();
    assertThat(outbox(copy)).hasSize(1);
    assertThat(registry.runs("score " + UNPUBLISHED)).isZero();

    FinishedCommand next = lake.run(copy, "publish", day[0], day[1], day[2], day[3]);

    assertThat(next.exitCode()).as(next.err()).isZero();
    assertThat(next.result().outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(outbox(copy)).isEmpty();
    assertThat(registry.runs("score " + UNPUBLISHED)).isEqualTo(1);
  }

  private static List<Path> outbox(Path lake) throws IOException {
    try (Stream<Path> files = Files.list(lake.resolve("outbox"))) {
      return files.filter(file -> file.toString().endsWith(".json")).toList();
    }
  }

  private static void assertFailed(FinishedCommand failed, ErrorCategory category) {
    assertThat(failed.exitCode()).as(failed.err()).isEqualTo(category.exitCode());
    assertThat(failed.result().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(failed.result().category()).isEqualTo(category);
  }
}
