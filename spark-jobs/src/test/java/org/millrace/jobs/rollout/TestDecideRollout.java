package org.millrace.jobs.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;
import static org.millrace.jobs.testing.ScoringHouse.DAYS;
import static org.millrace.jobs.testing.ScoringHouse.day;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.challenger.RolloutMove.Action;
import org.millrace.jobs.challenger.RolloutRequest;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;

/** A rollout from its begin to its end, on a real lake. */
@Tag("slow")
class TestDecideRollout {
  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void featuresOfThreeDays() {
    house = new ScoringHouse(directory);
  }

  private JobResult ask(RolloutRequest.Action action, String version, String why) {
    return TestRooms.line(
        house.context(),
        ScoringHouse.key("rollout", DAYS),
        (context, key) ->
            new DecideRollout(
                context,
                key,
                new RolloutRequest(
                    action,
                    version.isEmpty() ? Optional.empty() : Optional.of(version),
                    Optional.empty(),
                    "ada",
                    why)));
  }

  private JobResult look() {
    return TestRooms.line(
        house.context(),
        ScoringHouse.key("rollout", DAYS),
        (context, key) -> new DecideRollout(context, key, RolloutRequest.LOOK));
  }

  private void night(DayRange days) {
    assertThat(house.score(days).outcome()).as("%s", house.said).isEqualTo(Outcome.DONE);
    assertThat(house.publish(days).outcome()).isEqualTo(Outcome.DONE);
    JobResult judged = house.monitor(days);
    assertThat(judged.outcome()).as(judged.message()).isEqualTo(Outcome.DONE);
  }

  private List<Action> actions() {
    return house.moves().history().rows().stream().map(RolloutMove::action).toList();
  }

  @Test
  void aVersionComesToScoreStageByStage() {
    house.judge("2", Verdict.PASS, "fine");
    JobResult begun = ask(RolloutRequest.Action.BEGIN, "2", "ready");
    assertThat(begun.message())
        .isEqualTo("The rollout of late_flight/2 begins with stage shadow on 2013-01-21");
    assertThat(look().outcome()).as("no day yet").isEqualTo(Outcome.NOTHING_TO_DO);

    night(day(1));
    JobResult first = look();
    assertThat(first.message())
        .startsWith(
            "The rollout of late_flight/2 goes on to stage canary on 2013-02-02: 1 days of stage");
    assertThat(look().outcome()).as("the canary has no day").isEqualTo(Outcome.NOTHING_TO_DO);

    night(day(2));
    assertThat(house.inForce().where("day = '2013-02-02' AND model_version = '2'").count())
        .isPositive();
    JobResult last = look();
    assertThat(last.message()).startsWith("late_flight/2 is champion: 1 days of stage canary");
    assertThat(actions()).containsExactly(Action.BEGIN, Action.ADVANCE, Action.PROMOTE);
    assertThat(look().outcome()).isEqualTo(Outcome.NOTHING_TO_DO);

    night(day(3));
    assertThat(house.predictions()).contains("2013-02-03 2 in-force 10");
    assertThat(house.moves().history().rows().get(2).who()).isEqualTo("policy");
  }

  @Test
  void theEvidenceIsWhatTheRowsShow() {
    house.rollOut("2");
    night(day(1));
    look();

    JsonNode evidence = Json.read(house.moves().history().rows().get(1).evidence(), JsonNode.class);
    List<double[]> rows = new ArrayList<>();
    for (Row row :
        house
            .challengers()
            .orElseThrow()
            .selectExpr("champion_score", "challenger_score", "id % 2 AS label")
            .collectAsList()) {
      rows.add(new double[] {row.getDouble(0), row.getDouble(1), row.getInt(2)});
    }

    assertThat(evidence.path("rows").asLong()).isEqualTo(10);
    assertThat(evidence.path("champion").path("brier").asDouble())
        .isCloseTo(brier(rows, 0), offset(1e-12));
    assertThat(evidence.path("challenger").path("brier").asDouble())
        .isCloseTo(brier(rows, 1), offset(1e-12));
    assertThat(evidence.path("disagreement").path("mean_difference").asDouble())
        .isCloseTo(
            rows.stream().mapToDouble(row -> row[1] - row[0]).average().orElseThrow(),
            offset(1e-12));
    assertThat(evidence.path("disagreement").path("flip_rate").asDouble())
        .isEqualTo(rows.stream().filter(row -> (row[0] >= 0.5) != (row[1] >= 0.5)).count() / 10.0);
    assertThat(evidence.path("disagreement").path("rank_correlation").asDouble())
        .isCloseTo(spearman(rows), offset(1e-12));
    assertThat(evidence.path("examples")).hasSize(5);
  }

  private static double brier(List<double[]> rows, int of) {
    return rows.stream()
        .mapToDouble(row -> (row[of] - row[2]) * (row[of] - row[2]))
        .average()
        .orElseThrow();
  }

  /** By the textbook formula for ranks without ties. */
  private static double spearman(List<double[]> rows) {
    double sum = 0;
    for (double[] row : rows) {
      double one = rows.stream().filter(other -> other[0] < row[0]).count();
      double two = rows.stream().filter(other -> other[1] < row[1]).count();
      sum += (one - two) * (one - two);
    }

    double n = rows.size();
    return 1 - 6 * sum / (n * (n * n - 1));
  }

  @Test
  void aPersonDecidesWithAReason() {
    house.rollOut("2");

    JobResult advanced = ask(RolloutRequest.Action.ADVANCE, "", "in a hurry");
    assertThat(advanced.values()).containsEntry("stage", "canary").containsEntry("share", "0.85");
    JobResult halted = ask(RolloutRequest.Action.HALT, "", "storms");
    assertThat(halted.message())
        .endsWith("the champion scores all rows from 2013-01-21 on: storms");
    assertThat(house.moves().history().current()).isEmpty();
    assertThat(ask(RolloutRequest.Action.HALT, "", "again").outcome())
        .as("there is nothing left to halt")
        .isEqualTo(Outcome.NOTHING_TO_DO);
    assertRefused(RolloutRequest.Action.PROMOTE, "", "none is under way");

    house.judge("2", Verdict.PASS, "fine");
    ask(RolloutRequest.Action.BEGIN, "2", "");
    assertThat(ask(RolloutRequest.Action.BEGIN, "2", "").outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);
    JobResult promoted = ask(RolloutRequest.Action.PROMOTE, "", "it is right");
    assertThat(promoted.message()).isEqualTo("late_flight/2 is champion: it is right");
    house.score(day(1));
    house.publish(day(1));
    assertThat(house.predictions()).containsExactly("2013-02-01 2 in-force 10");
    assertThat(house.moves().history().rows().get(3).rollout()).isEqualTo(2);
  }

  @Test
  void aVersionThatTheGateDoesNotKnowIsNotRolledOut() {
    assertRefused(RolloutRequest.Action.BEGIN, "2", "it was never judged; `millrace gate late_");

    house.judge("2", Verdict.FAIL, "auc 0.4 is less than 0.5");
    assertRefused(
        RolloutRequest.Action.BEGIN,
        "2",
        "the newest verdict on it is FAIL: auc 0.4 is less than 0.5");
    assertRefused(RolloutRequest.Action.BEGIN, "1", "it scores all rows already");
    assertRefused(RolloutRequest.Action.BEGIN, "9", "memory does not have it");
    assertThat(house.moves().history().rows()).isEmpty();
  }

  private void assertRefused(RolloutRequest.Action action, String version, String why) {
    assertThatThrownBy(() -> ask(action, version, "because"))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aChampionWhoseDaysLieOutsideFallsBackOnce() {
    look(); // the lake knows the champion from now on
    house.rollOut("2");
    house.promote("1", "2");
    night(day(1));
    assertThat(look().outcome()).as("no rule").isEqualTo(Outcome.NOTHING_TO_DO);

    house.fallBackOverBrier(0.999);
    assertThat(look().outcome()).as("within its range").isEqualTo(Outcome.NOTHING_TO_DO);
    house.fallBackOverBrier(0.001);
    JobResult fallen = look();
    assertThat(fallen.values()).containsEntry("action", "FALL_BACK").containsEntry("to", "1");
    assertThat(fallen.message())
        .startsWith(
            "late_flight/1 is champion again, not version 2: 1 of the last 1 judged days lie"
                + " outside: 2013-02-01 brier ");

    night(day(2));
    assertThat(house.predictions()).contains("2013-02-02 1 in-force 10");
    assertThat(look().outcome()).as("version 2 fell back before").isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(house.said).anyMatch(text -> text.contains("no earlier version can take its place"));
  }

  @Test
  void anotherChampionEndsIt() {
    house.rollOut("2");
    house.champion("2");
    assertThat(look().values()).containsEntry("action", "PROMOTE");
    house.champion("1");
    house.rollOut("2");
    house.champion("none");
    assertThat(look().values().get("why")).isEqualTo("the alias was moved from version 1 to none");
  }
}
