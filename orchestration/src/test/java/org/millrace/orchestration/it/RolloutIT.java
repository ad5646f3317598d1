package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;

/**
 * The life of a model as docs/rollouts.md has it, by its commands: two trainers, the gate, a canary
 * that stops itself on a bad version, the shadow, a canary, promotion, explain, replay, rollback.
 */
class RolloutIT {
  private static final String PIPELINE = "rolled_flight";
  private static final String TREES =
      "trees: {count: 10, depth: 4, step-size: 0.2, subsample: 1.0, bins: 64, seed: 42}";
  private static final String MORNINGS =
      "exclude: tailnum IS NULL OR departure_minute_of_day > 480";

  private final SharedLake lake = SharedLake.get();
  private final Path copy = lake.copy();
  private final ConfCopy conf = ownPipeline();

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  void aModelHasALife() throws IOException {
    done(millrace("run", "--from", "2013-01-01", "--to", "2013-01-27"));

    theCanaryStopsItselfOnABadVersion();
    aGoodOneComesToScore();

    aRowIsExplainedAndReplayedByTheVersionThatScoredIt();
    FinishedCommand back = done(millrace("rollback", "--why", "too many alarms"));
    assertThat(back.result().message()).startsWith(PIPELINE + "/1 is champion again");
    assertThat(millrace("history").out())
        .anyMatch(
            line -> line.matches(".* version 3 .* moved from version 1 by policy: rollout 2: .*"))
        .anyMatch(line -> line.matches(".* version 2 +rollout +halt from 2013-01-31 on, by .*"))
        .anyMatch(line -> line.matches(".* version 1 .* was given back from version 3 by .*"));
  }

  /** It was trained on mornings alone, and a person in a hurry skips the shadow. */
  private void theCanaryStopsItselfOnABadVersion() {
    conf.replace("training/late_flight.yaml", "exclude: tailnum IS NULL", MORNINGS);
    done(millrace("train"));
    FinishedCommand gate = done(millrace("gate"));
    assertThat(gate.result().values()).containsEntry("verdict", "BEGINS_ROLLOUT");
    FinishedCommand hurried = done(rollout("advance", "--why", "the board wants to see it"));
    assertThat(hurried.result().values())
        .containsEntry("stage", "canary")
        .containsEntry("from_day", "2013-01-28");

    FinishedCommand nights = done(millrace("run", "--from", "2013-01-28", "--to", "2013-01-30"));
    JobResult look = step(nights, "rollout");
    assertThat(look.values()).as(look.message()).containsEntry("action", "HALT");
    assertThat(look.message())
        .startsWith(
            "The rollout of rolled_flight/2 is halted, the champion scores all rows from 2013-01-31"
                + " on: shown to be worse than the champion: log_loss");
    assertThat(shares("BETWEEN DATE'2013-01-28' AND DATE'2013-01-30'"))
        .as("readers saw a share of it")
        .containsExactly("champion 1", "challenger 2");
    assertThat(rollout("status").out().get(0))
        .isEqualTo("no rollout of rolled_flight is under way");
  }

  private void aGoodOneComesToScore() {
    conf.replace("training/late_flight.yaml", MORNINGS, "exclude: tailnum IS NULL");
    conf.replace(
        "training/late_flight.yaml",
        TREES,
        "trainer: {command: [python, trainers/lightgbm_trees.py], environment:"
            + " trainers/lightgbm.lock, params: {trees: 60}}");
    done(millrace("train"));
    assertThat(done(millrace("gate")).result().values()).containsEntry("verdict", "BEGINS_ROLLOUT");
    FinishedCommand shadow = done(millrace("run", "--from", "2013-01-31", "--to", "2013-02-02"));
    assertThat(step(shadow, "rollout").values())
        .as(step(shadow, "rollout").message())
        .containsEntry("action", "ADVANCE")
        .containsEntry("from_day", "2013-02-03");
    assertThat(shares("BETWEEN DATE'2013-01-31' AND DATE'2013-02-02'"))
        .containsExactly("champion 1");

    List<String> status = rollout("status").out();
    assertThat(status.get(0))
        .isEqualTo(
            "version 3 beside champion 1: stage canary, 20 % of the rows from 2013-02-03 on");
    assertThat(status).anyMatch(line -> line.contains("rank_correlation"));
    FinishedCommand canary = done(millrace("run", "--from", "2013-02-03", "--to", "2013-02-05"));
    JobResult last = step(canary, "rollout");
    assertThat(last.values()).as(last.message()).containsEntry("action", "PROMOTE");
    assertThat(millrace("models").out().get(0)).endsWith("version 3 is champion");
  }

  private void aRowIsExplainedAndReplayedByTheVersionThatScoredIt() throws IOException {
    String id =
        Json.read(
                sql(
                    "SELECT flight_id FROM %s_current WHERE flight_date = DATE'2013-02-04' AND variant = 'challenger' ORDER BY flight_id LIMIT 1"),
                JsonNode.class)
            .path("flight_id")
            .asText();
    FinishedCommand explain =
        done(millrace("explain", "--date", "2013-02-04", "--key", "flight_id=" + id));
    JsonNode explained =
        Json.MAPPER.readTree(
            Files.readString(Path.of(explain.result().values().getOrDefault("explanation", ""))));
    assertThat(explained.at("/model/version").asText()).isEqualTo("3");
    assertThat(explained.path("score_now").asDouble())
        .isEqualTo(explained.path("score").asDouble());
    FinishedCommand replay = done(millrace("replay", "--date", "2013-02-04"));
    assertThat(replay.result().message())
        .contains("bit for bit what rolled_flight/1, rolled_flight/3 gives");
  }

  private List<String> shares(String days) {
    return List.of(
        sql("SELECT concat_ws(' ', variant, model_version) AS text FROM %s_current WHERE flight_date "
                + days
                + " GROUP BY 1 ORDER BY max(model_version)")
            .lines()
            .map(line -> Json.read(line, JsonNode.class).path("text").asText())
            .toArray(String[]::new));
  }

  private String sql(String query) {
    FinishedCommand found =
        lake.run(copy, "sql", "--json", "-e", query.formatted(PIPELINE), "--conf", conf.toString());
    assertThat(found.exitCode()).as(found.err()).isZero();
    return String.join("\n", found.out());
  }

  /** The shared pipeline under another name, with a rollout. */
  private ConfCopy ownPipeline() {
    ConfCopy own = lake.conf();
    for (String kind : List.of("training", "gate", "scoring", "monitoring")) {
      own.replace(kind + "/late_flight.yaml", "model: late_flight", "model: " + PIPELINE);
    }

    return own.replace("millrace.yaml", "pipeline: late_flight", "pipeline: " + PIPELINE)
        .replace("scoring/late_flight.yaml", "predictions.late_flight", "predictions." + PIPELINE)
        .replace("training/late_flight.yaml", "to: 2013-10-31", "to: 2013-01-20")
        .replace(
            "gate/late_flight.yaml",
            "{from: 2013-11-01, to: 2013-11-30}",
            "{from: 2013-01-21, to: 2013-01-25}")
        .replace("gate/late_flight.yaml", "max: 0.85}", "max: 0.99}")
        .replace("gate/late_flight.yaml", "by: 0.002}", "by: 1}")
        .replace("gate/late_flight.yaml", "by: 0.005}", "by: 1}")
        .add(
            "rollout/rolled_flight.yaml",
            """
            model: rolled_flight
            entity: [tailnum]
            slices: [carrier]
            least-rows: 500
            ranges: {rank_correlation: {min: 0.2}}
            not-worse-than-champion:
              log_loss: {better: lower, by: 0.02, confidence: 0.95}
            stages:
              shadow: {policy: shadow, days: 1}
              canary: {policy: canary, share: 0.2, days: 1}
            """);
  }

  private FinishedCommand done(FinishedCommand command) {
    assertThat(command.exitCode()).as(command.err() + command.out()).isZero();
    return command;
  }

  private FinishedCommand rollout(String verb, String... others) {
    List<String> arguments = new ArrayList<>(List.of("rollout", verb, PIPELINE));
    arguments.addAll(List.of(others));
    arguments.addAll(List.of("--conf", conf.toString()));
    return lake.run(copy, arguments.toArray(String[]::new));
  }

  private FinishedCommand millrace(String verb, String... others) {
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
