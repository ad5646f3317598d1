package org.millrace.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.jobs.testing.ScoringHouse.day;
import static org.millrace.jobs.testing.ScoringHouse.days;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Verb;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.plan.PlanOptions;
import org.millrace.jobs.plan.RunOptions;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.jobs.testing.VersionsHouse;
import org.millrace.planning.Plan;

/** What a person asks of a run beside its days. */
@Tag("slow")
class TestRunOptions {
  private static final RunOptions RESTATES_DAY_ONE = restating("features.v");

  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void openHouse() {
    house = new ScoringHouse(directory);
  }

  private static RunOptions options(PlanOptions options) {
    return new RunOptions(options, Optional.empty());
  }

  private static RunOptions restating(String... objects) {
    return options(
        new PlanOptions(
            "",
            Set.of(),
            false,
            OptionalInt.empty(),
            true,
            List.of(objects),
            List.of(),
            Champions.NOW));
  }

  private static RunOptions catchingUp(OptionalInt most) {
    return options(
        new PlanOptions("", Set.of(), true, most, false, List.of(), List.of(), Champions.NOW));
  }

  private static RunOptions selecting(String expression) {
    return options(
        new PlanOptions(
            expression,
            Set.of(),
            false,
            OptionalInt.empty(),
            false,
            List.of(),
            List.of(),
            Champions.NOW));
  }

  private JobResult run(Verb verb, DayRange days, RunOptions options) {
    return TestRooms.job(house.context(), ScoringHouse.key(verb.word(), days), options);
  }

  private JobResult run(DayRange days) {
    return run(Verb.RUN, days, RunOptions.NONE);
  }

  private static void assertDone(JobResult result) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.DONE);
  }

  /** {@code day version}, of the predictions in force. */
  private Set<String> inForce() {
    JobContext context = house.context();
    return new TreeSet<>(
        context
            .lake()
            .read(context.lake().require(ScoringHouse.PREDICTIONS, "publish"))
            .where("superseded_at is null")
            .selectExpr("concat_ws(' ', date_format(day, 'd'), model_version)")
            .distinct()
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList());
  }

  private long sequence(String object, int number) {
    return house
        .context()
        .ledger()
        .entry(object, Partition.of(day(number).from()))
        .map(LedgerEntry::sequence)
        .orElseThrow();
  }

  @Test
  void whatIsMadeAgainIsFollowedByWhatReadsItAndNothingElse() {
    assertDone(run(days(1, 3)));
    long before = house.context().ledger().version();

    JobResult again = run(Verb.BACKFILL, day(1), RESTATES_DAY_ONE);

    assertDone(again);
    assertThat(again.message()).isEqualTo("Ran 2013-02-01");
    assertThat(sequence("features.v", 1)).isGreaterThan(before);
    assertThat(sequence("features.v", 2)).isLessThanOrEqualTo(before);
    // its facts are looked up without a limit: all later days read them
    for (int number = 1; number <= 3; number++) {
      assertThat(sequence(ScoringHouse.PREDICTIONS, number)).isGreaterThan(before);
    }
    assertThat(sequence("raw.events", 1)).isLessThanOrEqualTo(before);
    assertThat(house.said)
        .anyMatch(
            text ->
                text.startsWith(
                    "predictions.late_flight is made again up to 2013-02-03, after the days"));
    assertThat(Files.exists(directory.resolve("lake/restatements/late_flight.2013-02-01.json")))
        .isFalse();
    assertThat(inForce()).containsExactly("1 1", "2 1", "3 1");
  }

  @Test
  void aRestatementThatWasCutOffGoesOnWhereItEnded() throws IOException {
    assertDone(run(days(1, 3)));
    long before = house.context().ledger().version();
    house.registryIsUp(false);
    Files.move(directory.resolve("lake/models"), directory.resolve("models"));

    JobResult cutOff = run(Verb.BACKFILL, day(1), RESTATES_DAY_ONE);

    assertThat(cutOff.category()).as(cutOff.message()).isNotNull();
    house.registryIsUp(true);
    Files.move(directory.resolve("models"), directory.resolve("lake/models"));
    assertThat(Files.exists(directory.resolve("lake/restatements/late_flight.2013-02-01.json")))
        .isTrue();
    long made = sequence("features.v", 1);
    assertThat(made).isGreaterThan(before);
    assertThat(sequence(ScoringHouse.PREDICTIONS, 3)).isLessThanOrEqualTo(before);

    assertDone(run(Verb.BACKFILL, day(1), RESTATES_DAY_ONE));
    assertThat(sequence("features.v", 1)).isEqualTo(made);
    assertThat(sequence(ScoringHouse.PREDICTIONS, 3)).isGreaterThan(made);

    // another wish is another one
    assertDone(run(Verb.BACKFILL, day(1), RESTATES_DAY_ONE));
    assertThat(sequence("features.v", 1)).isGreaterThan(made);
  }

  @Test
  void aCatchUpLeavesOtherChampionsAndWhatWasTakenBackAlone() {
    assertDone(run(days(1, 2)));
    house.champion("2");
    assertDone(
        house.unpublish(day(2), new UnpublishRequest("ana", "a test", OptionalLong.empty())));
    delete("features.v", "known_date", day(1));

    JobResult some = run(Verb.RUN, days(1, 3), catchingUp(OptionalInt.of(1)));

    assertDone(some);
    assertThat(inForce()).containsExactly("1 1");
    assertThat(house.said).anyMatch(text -> text.contains("days after 2013-02-01 are due too"));

    assertDone(run(Verb.RUN, days(1, 3), catchingUp(OptionalInt.empty())));
    assertThat(inForce()).containsExactly("1 1", "3 2");
    assertThat(run(Verb.RUN, days(1, 3), catchingUp(OptionalInt.empty())).outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);
  }

  private void delete(String table, String column, DayRange of) {
    TestSpark.session()
        .sql(
            "DELETE FROM delta.`%s` WHERE %s = DATE'%s'"
                .formatted(house.context().lake().path(table), column, of.from()));
  }

  @Test
  void eachDayIsScoredByTheVersionThatHeldTheAliasThen() {
    scoredAt("2013-02-02T12:00:00Z", "1");
    scoredAt("2013-02-03T12:00:00Z", "2");
    RunOptions asWas =
        options(
            new PlanOptions(
                "",
                Set.of(),
                false,
                OptionalInt.empty(),
                true,
                List.of(),
                List.of(),
                Champions.AS_WAS));

    JobResult result = run(Verb.BACKFILL, days(1, 3), asWas);

    assertThat(result.category()).as(result.message()).isEqualTo(ErrorCategory.INPUT_MISSING);
    assertThat(result.message())
        .contains("not ready: predictions.late_flight of 2013-02-01")
        .doesNotContain("2013-02-02");
    assertThat(inForce()).containsExactly("2 1", "3 2");
  }

  /** The first day scored, whose predictions nobody publishes: the alias is looked at. */
  private void scoredAt(String now, String champion) {
    house.champion(champion);
    JobContext context = house.contextAt(Instant.parse(now));
    assertThat(
            TestRooms.line(context, ScoringHouse.key("score", day(1)), TestRooms::score).outcome())
        .isEqualTo(Outcome.DONE);
  }

  @Test
  void aSelectionMakesItsObjectsAlone() {
    JobResult result = run(Verb.RUN, days(1, 2), selecting("predictions.late_flight"));

    assertDone(result);
    assertThat(result.steps().stream().map(JobResult::verb))
        .containsExactly("score", "publish", "report");
    assertThat(run(Verb.RUN, days(1, 2), selecting("raw.*,features.v")).outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);
    JobResult unknown = run(Verb.RUN, days(1, 2), selecting("features.w"));
    assertThat(unknown.category()).isEqualTo(ErrorCategory.DEFINITION);
    assertThat(unknown.message())
        .startsWith("Cannot select 'features.w': 'features.w' names nothing; there are raw.asked");
  }

  @Test
  void aPlanThatWasKeptIsRunOnlyIfItIsStillTheOne() {
    Plan plan = new RunPlans(house.context(), days(1, 2), PlanOptions.NONE).before();
    RunOptions kept = new RunOptions(PlanOptions.NONE, Optional.of(plan));

    assertDone(run(Verb.RUN, days(1, 2), kept));
    JobResult again = run(Verb.RUN, days(1, 2), kept);

    assertThat(again.category()).isEqualTo(ErrorCategory.DEFINITION);
    assertThat(again.message())
        .contains("it is not what would be planned now: predictions.late_flight has no work vs")
        .contains("[MAKE 2013-02-01_2013-02-02");
    assertThat(again.steps()).isEmpty();
  }

  @Test
  void daysThatHaveYetToComeAreNamedAndTheOthersMade() {
    VersionsHouse other = new VersionsHouse(directory.resolve("other"));
    other.trainOn("v", "v__x, b");

    JobResult result =
        TestRooms.job(
            other.context(),
            ScoringHouse.key("run", VersionsHouse.days(6, 9)),
            selecting("raw.* features.*"));

    assertThat(result.category()).as(result.message()).isEqualTo(ErrorCategory.INPUT_MISSING);
    assertThat(result.message())
        .startsWith("Ran 2013-01-06_2013-01-09 as far as its inputs are there; not ready: ")
        .contains("raw.asked of 2013-01-08 to 2013-01-09")
        .contains("features.v of 2013-01-08 to 2013-01-09")
        .contains("its source has no rows of 2013-01-08");
    assertThat(result.steps().stream().map(JobResult::outcome))
        .startsWith(Outcome.FAILED, Outcome.DONE, Outcome.DONE);
    assertThat(other.context().ledger().entries("features.v").keySet())
        .isEqualTo(new TreeSet<>(VersionsHouse.days(6, 7).days()));
  }

  @Test
  void aDamagedMemoryOfTheChampionDoesNotStopARun() throws IOException {
    assertDone(run(day(1)));
    Files.writeString(directory.resolve("lake/models/late_flight.champion.json"), "{");

    assertDone(run(day(2)));

    assertThat(inForce()).containsExactly("1 1", "2 1");
  }
}
