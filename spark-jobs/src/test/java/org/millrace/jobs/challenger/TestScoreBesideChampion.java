package org.millrace.jobs.challenger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.jobs.testing.ScoringHouse.DAYS;
import static org.millrace.jobs.testing.ScoringHouse.day;
import static org.millrace.jobs.testing.ScoringHouse.days;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.definition.RolloutStage;
import org.millrace.jobs.challenger.RolloutMove.Action;
import org.millrace.jobs.prediction.LookBack;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.replay.ReplayPredictions;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;

/** Challengers score the rows of the night beside the champion, and readers see their share. */
@Tag("slow")
class TestScoreBesideChampion {
  private static final RolloutMoves.Cause CAUSE = new RolloutMoves.Cause("ada", "to see");

  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void featuresOfThreeDays() {
    house = new ScoringHouse(directory);
  }

  private void night(DayRange days) {
    assertThat(house.score(days).outcome()).as("%s", house.said).isEqualTo(Outcome.DONE);
    assertThat(house.publish(days).outcome()).as("%s", house.said).isEqualTo(Outcome.DONE);
  }

  /** Score by id, and whose it is. */
  private static Map<Integer, String> shown(Dataset<Row> rows) {
    Map<Integer, String> shown = new TreeMap<>();
    rows.selectExpr("id", "concat_ws(' ', variant, model_version, score)")
        .collectAsList()
        .forEach(row -> shown.put(row.getInt(0), row.getString(1)));
    return shown;
  }

  @Test
  void aChallengerInTheShadowHasATableOfItsOwnAndNobodySeesIt() {
    ScoringHouse without = new ScoringHouse(directory.resolve("without"));
    without.score(day(1));
    without.publish(day(1));

    house.rollOut("2");
    night(day(1));

    assertThat(shown(house.inForce())).isEqualTo(shown(without.inForce()));
    assertThat(house.inForce().columns()).isEqualTo(without.inForce().columns());
    assertThat(house.inForce().select("fingerprint").first())
        .as("a challenger in the shadow changes no fingerprint")
        .isEqualTo(without.inForce().select("fingerprint").first());
    assertThat(without.challengers()).isEmpty();
    Dataset<Row> challengers = house.challengers().orElseThrow();
    assertThat(challengers.count()).isEqualTo(10);
    assertThat(
            challengers
                .join(house.inForce().select("id", "score"), "id")
                .where(
                    "score = champion_score AND champion_score <> challenger_score"
                        + " AND variant = 'champion' AND champion_version = '1'"
                        + " AND challenger_version = '2' AND rollout = 'late_flight/1'"
                        + " AND stage = 'shadow'")
                .count())
        .isEqualTo(10);

    assertThat(house.score(day(1)).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(house.publish(day(1)).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void whatAChallengerScoresIsWhatItScoresAsChampion() {
    house.rollOut("2");
    night(day(1));
    Dataset<Row> beside = house.challengers().orElseThrow().selectExpr("id", "challenger_score");

    ScoringHouse other = new ScoringHouse(directory.resolve("other"));
    other.champion("2");
    other.score(day(1));
    other.publish(day(1));

    assertThat(
            beside
                .join(other.inForce().select("id", "score"), "id")
                .where("score = challenger_score")
                .count())
        .isEqualTo(10);
  }

  @Test
  void publishedDaysGetTheirChallengerWithoutBeingPublishedAgain() {
    night(days(1, 2));
    List<Row> before = house.inForce().orderBy("id").collectAsList();

    house.rollOut("2");
    house.score(days(1, 2));
    house.publish(days(1, 2));

    assertThat(house.challengers().orElseThrow().count()).isEqualTo(20);
    assertThat(house.inForce().orderBy("id").collectAsList()).isEqualTo(before);
  }

  @Test
  void aShareGoesByTheHashOfTheEntityAndStays() {
    house.rollOut("2");
    advance();
    night(DAYS);

    Dataset<Row> rows = house.inForce();
    Map<String, String> byKey = new TreeMap<>();
    for (Row row : rows.select("k", "variant", "model_version", "score", "id").collectAsList()) {
      String expected = number("late_flight/1\n" + row.getString(0)) < 0.85 ? "2" : "1";
      assertThat(row.getString(2)).as(row.getString(0)).isEqualTo(expected);
      assertThat(row.getString(1)).isEqualTo(expected.equals("2") ? "challenger" : "champion");
      byKey.put(row.getString(0), expected);
    }
    assertThat(byKey.values()).as("both are drawn: %s", byKey).contains("1", "2");
    assertThat(
            house
                .challengers()
                .orElseThrow()
                .join(rows.select("id", "score"), "id")
                .where("score = if(variant = 'challenger', challenger_score, champion_score)")
                .count())
        .isEqualTo(30);

    assertThat(replayed(day(1)).message())
        .isEqualTo(
            "10 predictions of 2013-02-01 are bit for bit what late_flight/1, late_flight/2 gives"
                + " today");

    assertThat(house.score(DAYS).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    Map<Integer, String> first = shown(rows);
    house.moves().end(current(), Action.HALT, Optional.of(DAYS.from()), CAUSE);
    night(DAYS);
    assertThat(shown(house.inForce()).values()).allMatch(text -> text.startsWith("champion 1"));
    assertThat(shown(house.inForce())).isNotEqualTo(first);
  }

  private JobResult replayed(DayRange days) {
    return TestRooms.line(
        house.context(),
        ScoringHouse.key("replay", days),
        (context, key) -> new ReplayPredictions(context, key, LookBack.ALL));
  }

  @Test
  void aHaltLeavesTheDaysBeforeIt() {
    house.rollOut("2");
    advance();
    night(days(1, 2));
    Map<Integer, String> before = shown(house.inForce());

    house.moves().end(current(), Action.HALT, Optional.empty(), CAUSE);
    assertThat(house.score(days(1, 2)).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    night(day(3));

    assertThat(shown(house.inForce())).containsAllEntriesOf(before);
    assertThat(house.inForce().where("model_version = '2'").select("day").distinct().count())
        .isEqualTo(2);
    assertThat(house.challengers().orElseThrow().select("day").distinct().count()).isEqualTo(2);
  }

  @Test
  void aChallengerThatIsLostIsLeftOut() {
    house.rollOut("2");
    advance();
    house.loseVersion("2");

    night(day(1));

    assertThat(house.said)
        .anyMatch(
            text ->
                text.startsWith("late_flight/2 is left out, the champion scores all rows: Cannot"));
    assertThat(house.predictions()).containsExactly("2013-02-01 1 in-force 10");
    assertThat(house.challengers()).isEmpty();
  }

  @Test
  void aChallengerInTheShadowWithoutNumbersStopsNothing() {
    house.rollOut("3");

    night(day(1));

    assertThat(house.predictions()).containsExactly("2013-02-01 1 in-force 10");
    assertThat(house.said).anyMatch(text -> text.contains("late_flight/3"));
    assertThat(house.challengers()).isEmpty();
  }

  @Test
  void aSharedDayIsTakenBackAndShownAgainAsAWhole() {
    house.rollOut("2");
    advance();
    night(day(1));
    Map<Integer, String> shared = shown(house.inForce());
    house.moves().end(current(), Action.HALT, Optional.of(DAYS.from()), CAUSE);
    night(day(1));

    JobResult back =
        house.unpublish(day(1), new UnpublishRequest("ada", "alarms", OptionalLong.empty()));

    assertThat(back.outcome()).as(back.message()).isEqualTo(Outcome.DONE);
    assertThat(shown(house.inForce())).isEqualTo(shared);
    assertThat(house.inForce().count()).as("each row once").isEqualTo(10);
    assertThat(house.context().ledger().entry(ScoringHouse.PREDICTIONS, DAYS.from()).orElseThrow())
        .satisfies(
            entry -> {
              assertThat(entry.model()).contains("late_flight/1");
              assertThat(entry.rows().accepted()).isEqualTo(10);
            });
  }

  @Test
  void noRowIsScoredBesideAChampionThatItWasNotComparedWith() {
    house.rollOut("2");
    advance();
    house.champion("3");
    assertThat(house.score(day(1)).message()).contains("late_flight/3");
    house.champion("1");
    night(day(1));
    assertThat(house.inForce().where("model_version = '2'").count()).isPositive();
  }

  @Test
  void aNightWithoutRegistryGoesOnWithBoth() {
    house.rollOut("2");
    advance();
    night(day(1));
    house.registryIsUp(false);

    JobResult scored = house.score(day(2));
    assertThat(scored.outcome()).as(scored.message()).isEqualTo(Outcome.DONE);
    assertThat(house.publish(day(2)).outcome()).isEqualTo(Outcome.DONE);

    assertThat(house.inForce().where("day = '2013-02-02' AND model_version = '2'").count())
        .isPositive();
  }

  private void advance() {
    RolloutStage canary =
        house.context().pipeline().rollout().orElseThrow().stage("canary").orElseThrow();
    RolloutMove move = house.moves().advance(current(), canary, CAUSE);
    // a rehearsal: the share holds from the first day on
    if (move.fromDay().isAfter(DAYS.from())) {
      throw new AssertionError("nothing is published yet, and it begins on " + move.fromDay());
    }
  }

  private RolloutMove current() {
    return house.moves().history().current().orElseThrow();
  }

  /** As the documentation of Shares has it, by Java alone. */
  private static double number(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      long digits = Long.parseLong(HexFormat.of().formatHex(hash).substring(0, 13), 16);
      return digits / Math.pow(16, 13);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
