package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;

/**
 * The second pipeline of the project: minutes instead of a probability, from the same sources and
 * views, trained by Spark and then by the LightGBM trainer.
 */
class RegressionIT {
  private static final String PIPELINE = "arrival_delay";
  private static final String TREES =
      "trees: {count: 40, depth: 5, step-size: 0.2, subsample: 1.0, bins: 64, seed: 42}";

  private final SharedLake lake = SharedLake.get();

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  void minutesArePredictedJudgedAndReported() throws IOException {
    Path copy = lake.copy();
    ConfCopy conf = shortDays();

    FinishedCommand run = millrace(copy, conf, "run", "--from", "2013-01-01", "--to", "2013-01-31");

    assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
    assertThat(step(run, "ingest").outcome().name()).isEqualTo("NOTHING_TO_DO");
    assertThat(step(run, "materialize").outcome().name()).isEqualTo("NOTHING_TO_DO");
    JobResult gate = step(run, "gate");
    assertThat(gate.values()).containsEntry("verdict", "BOOTSTRAP").doesNotContainKey("auc");
    assertThat(number(gate, "rmse")).isBetween(10.0, 60.0);
    assertThat(number(gate, "rmse_over_baseline"))
        .isEqualTo(number(gate, "rmse") - number(gate, "baseline_rmse"), offset());
    JobResult monitor = step(run, "monitor");
    assertThat(number(monitor, "realised_mae")).isBetween(5.0, 60.0);
    assertThat(monitor.counts().get("rows_refused")).as("cancelled flights have none").isPositive();
    assertThat(Files.readString(Path.of(run.result().values().getOrDefault("report", ""))))
        .contains("RMSE", "id=\"residuals\"", "arrival_delay 1 passed its gate")
        .doesNotContain("AUC");

    replaysAndExplains(copy, conf);
    conf.replace(
        "training/arrival_delay.yaml",
        TREES.replace("count: 40", "count: 10"),
        "trainer: {command: [python, trainers/lightgbm_trees.py], environment:"
            + " trainers/lightgbm.lock, params: {trees: 60}}");
    FinishedCommand train = millrace(copy, conf, "train");
    assertThat(train.exitCode()).as(train.err() + train.out()).isZero();
    FinishedCommand second = millrace(copy, conf, "gate");
    assertThat(second.exitCode()).as(second.err() + second.out()).isZero();
    assertThat(second.result().values())
        .containsEntry("verdict", "PASS")
        .containsKey("champion_rmse");
  }

  private void replaysAndExplains(Path copy, ConfCopy conf) throws IOException {
    FinishedCommand replay = millrace(copy, conf, "replay", "--date", "2013-01-31");
    assertThat(replay.exitCode()).as(replay.err() + replay.out()).isZero();
    assertThat(replay.result().message()).contains("bit for bit what arrival_delay/1 gives");

    String rows =
        String.join(
            "\n", lake.run(copy, "preview", "spine", PIPELINE, "--date", "2013-01-31").out());
    Matcher id = Pattern.compile("[A-Z0-9]+-[A-Z]{3}-20130131T\\d{4}Z").matcher(rows);
    assertThat(id.find()).as(rows).isTrue();
    FinishedCommand explain =
        millrace(copy, conf, "explain", "--date", "2013-01-31", "--key", "flight_id=" + id.group());
    assertThat(explain.exitCode()).as(explain.err() + explain.out()).isZero();
    JsonNode told =
        Json.MAPPER.readTree(
            Files.readString(Path.of(explain.result().values().getOrDefault("explanation", ""))));
    double sum = told.at("/trees/base").asDouble();
    for (JsonNode input : told.path("inputs")) {
      sum += input.path("contribution").asDouble();
    }

    assertThat(sum).isCloseTo(told.at("/trees/raw_score").asDouble(), Offset.offset(1e-9));
    assertThat(told.path("score").asDouble()).isCloseTo(sum, Offset.offset(1e-3));
    assertThat(told.path("score_now").asDouble()).isEqualTo(told.path("score").asDouble());
    assertThat(told.path("facts")).hasSizeGreaterThan(3);

    FinishedCommand day =
        millrace(copy, conf, "explain", "--date", "2013-01-31", "--top-features", "3");
    assertThat(day.exitCode()).as(day.err() + day.out()).isZero();
    assertThat(day.result().rows().get("explanations.arrival_delay"))
        .isEqualTo(replay.result().counts().get("rows_in"));
  }

  private ConfCopy shortDays() {
    return lake.conf()
        .replace("training/arrival_delay.yaml", TREES, TREES.replace("count: 40", "count: 10"))
        .replace("training/arrival_delay.yaml", "to: 2013-10-31", "to: 2013-01-20")
        .replace(
            "gate/arrival_delay.yaml",
            "{from: 2013-11-01, to: 2013-11-30}",
            "{from: 2013-01-21, to: 2013-01-25}")
        .replace(
            "gate/arrival_delay.yaml",
            "rmse: {better: lower, by: 0.5}",
            "rmse: {by: 10, better: lower}")
        .replace(
            "gate/arrival_delay.yaml",
            "mae: {better: lower, by: 0.25}",
            "mae: {by: 10, better: lower}")
        .replace("gate/arrival_delay.yaml", "max: 0.5}", "max: 5}");
  }

  private static Offset<Double> offset() {
    return Offset.offset(2e-4); // of numbers with four digits
  }

  private static double number(JobResult result, String name) {
    return Double.parseDouble(result.values().getOrDefault(name, "NaN"));
  }

  private FinishedCommand millrace(Path copy, ConfCopy conf, String verb, String... others) {
    List<String> arguments = new ArrayList<>(List.of(verb, PIPELINE));
    arguments.addAll(List.of(others));
    arguments.addAll(List.of("--conf", conf.toString()));
    return lake.run(copy, arguments.toArray(String[]::new));
  }

  private static JobResult step(FinishedCommand run, String room) {
    return run.result().steps().stream()
        .filter(step -> step.verb().equals(room))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No step " + room + " in " + run.out()));
  }
}
