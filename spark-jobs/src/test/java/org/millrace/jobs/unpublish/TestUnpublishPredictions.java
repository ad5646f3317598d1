package org.millrace.jobs.unpublish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.jobs.testing.ScoringHouse.DAYS;
import static org.millrace.jobs.testing.ScoringHouse.PREDICTIONS;
import static org.millrace.jobs.testing.ScoringHouse.day;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ArmedFault;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.Status;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.lease.Lease;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.doctor.Doctor;
import org.millrace.jobs.doctor.DoctorRequest;
import org.millrace.jobs.metastore.Metastore;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;

/** What readers see after a publication was taken back, and what is left of it. */
@Tag("slow")
class TestUnpublishPredictions {
  private static final String REASON = "weather of another year";
  private static final UnpublishRequest ASKED =
      new UnpublishRequest("anna", REASON, OptionalLong.empty());

  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void featuresOfThreeDays() {
    house = new ScoringHouse(directory);
  }

  private void publish(String champion, DayRange days) {
    house.champion(champion);
    house.score(days);
    house.publish(days);
  }

  private JobResult unpublish(DayRange days) {
    return house.unpublish(days, ASKED);
  }

  private JobResult unpublishSeen(DayRange days, long version) {
    return house.unpublish(days, new UnpublishRequest("ben", "", OptionalLong.of(version)));
  }

  private long newest() {
    return house.context().lake().current(PREDICTIONS).orElseThrow().version();
  }

  private LedgerEntry entry(int day) {
    return house.context().ledger().entry(PREDICTIONS, day(day).from()).orElseThrow();
  }

  /** {@code id score model-version} of a day, as readers see it. */
  private static List<String> read(int day) {
    return TestSpark.session()
        .sql(
            "SELECT concat_ws(' ', id, score, model_version, run_key, scored_at) FROM"
                + " default.late_flight_current WHERE day = DATE'"
                + day(day).from()
                + "' ORDER BY id")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private void assertLedgerAndTablesAgree() {
    JobResult examined = examine(false);
    assertThat(examined.exitCode()).as(examined.message()).isZero();
  }

  private JobResult examine(boolean rebuilds) {
    JobContext context = house.context();
    return new Doctor(context.lake(), context.leases(), "d", (room, text) -> {})
        .run(new DoctorRequest(rebuilds, Optional.empty(), Optional.empty()));
  }

  private List<RunRecord> runs() {
    return house.runs().stream()
        .filter(run -> run.runKey().startsWith("late_flight.unpublish."))
        .toList();
  }

  @Test
  void whatTheLastPublicationReplacedIsInForceAgain() {
    publish("1", DAYS);
    List<String> first = read(1);
    List<String> beside = read(2);
    publish("2", day(1));
    String taken = entry(1).fingerprint();
    assertThat(read(1)).doesNotContainAnyElementsOf(first);

    JobResult result = unpublish(day(1));

    assertThat(result.outcome()).isEqualTo(Outcome.DONE);
    assertThat(result.message())
        .isEqualTo(
            "Took back 2013-02-01 in predictions.late_flight@v"
                + newest()
                + ": readers see the 10 predictions of version 1 again");
    assertThat(result.counts())
        .containsEntry("days", 1L)
        .containsEntry("days_empty", 0L)
        .containsEntry("rows_taken_back", 10L)
        .containsEntry("rows_out", 10L);
    assertThat(result.versions()).containsExactly(Map.entry(PREDICTIONS, "" + newest()));
    assertThat(result.values()).containsEntry("by", "anna").containsEntry("reason", REASON);
    assertThat(read(1)).isEqualTo(first);
    assertThat(read(2)).isEqualTo(beside);
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 in-force 10",
            "2013-02-01 2 superseded 10",
            "2013-02-02 1 in-force 10",
            "2013-02-03 1 in-force 10");
    LedgerEntry entry = entry(1);
    assertThat(entry.status()).isEqualTo(Status.WITHDRAWN);
    assertThat(entry.withdrawal()).contains(new Withdrawal("anna", REASON, taken));
    assertThat(entry.rows()).isEqualTo(RowCounts.accepted(10));
    assertThat(entry.tableVersion()).hasValue(newest());
    assertThat(entry(2).status()).isEqualTo(Status.DONE);
    assertLedgerAndTablesAgree();
  }

  @Test
  void historyAndRegistrySayWhoTookWhatBack() {
    publish("1", day(1));
    publish("2", day(1));

    unpublish(day(1));

    assertThat(
            TestSpark.session()
                .sql(
                    "SELECT DISTINCT model_version, superseded_at = withdrawn_at FROM"
                        + " default.late_flight_history ORDER BY model_version")
                .collectAsList()
                .toString())
        .isEqualTo("[[1,null], [2,true]]");
    assertThat(runs()).hasSize(1);
    RunRecord run = runs().get(0);
    assertThat(run.experiment()).isEqualTo("late_flight");
    assertThat(run.tags())
        .containsEntry("millrace.taken_back_by", "anna")
        .containsEntry("millrace.reason", REASON)
        .containsEntry("millrace.predictions", PREDICTIONS + "@v" + newest());
    assertThat(run.description())
        .isEqualTo(
            "- 2013-02-01: 10 rows of version 2 taken back, 10 rows of version 1 in force again");
  }

  @Test
  void theSameCommandAgainStepsNoFurtherAndSaysHowTo() {
    publish("1", day(1));
    publish("2", day(1));
    unpublish(day(1));
    long seen = newest();

    JobResult again = unpublish(day(1));

    assertThat(again.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(again.message())
        .isEqualTo(
            "2013-02-01 was taken back by anna at 2014-01-02T12:00:00Z: "
                + REASON
                + ". To take back also what readers see since then, type `millrace unpublish"
                + " late_flight --date 2013-02-01 --seen "
                + seen
                + "`");
    assertThat(newest()).isEqualTo(seen);

    JobResult further = unpublishSeen(day(1), seen);

    assertThat(further.message()).endsWith(": readers see no predictions of that day");
    assertThat(further.counts()).containsEntry("days_empty", 1L);
    assertThat(read(1)).isEmpty();
    assertThat(house.predictions())
        .containsExactly("2013-02-01 1 superseded 10", "2013-02-01 2 superseded 10");
    assertThat(entry(1).rows()).isEqualTo(RowCounts.NONE);
    assertLedgerAndTablesAgree();
    long last = newest();
    assertThat(unpublishSeen(day(1), seen).message()) // a scheduler's retry
        .isEqualTo(
            "2013-02-01 was taken back by ben at 2014-01-02T12:00:00Z: no reason was given, and"
                + " nothing is left in force");
    assertThat(unpublishSeen(day(1), last).message())
        .isEqualTo(
            "Nothing to take back: predictions.late_flight has no predictions of 2013-02-01 in"
                + " force");
    assertThat(newest()).isEqualTo(last);
    assertThat(runs()).hasSize(2);
  }

  @Test
  void equalPredictionsOfOtherPublicationsStayWhereTheyAre() {
    for (String champion : new String[] {"1", "2", "1", "2"}) {
      publish(champion, day(1));
    }

    unpublish(day(1));
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 in-force 10", "2013-02-01 1 superseded 10", "2013-02-01 2 superseded 20");
    unpublishSeen(day(1), newest());
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 superseded 20", "2013-02-01 2 in-force 10", "2013-02-01 2 superseded 10");
    unpublishSeen(day(1), newest());
    assertThat(house.predictions()).contains("2013-02-01 1 in-force 10");
    unpublishSeen(day(1), newest());
    assertThat(house.predictions())
        .containsExactly("2013-02-01 1 superseded 20", "2013-02-01 2 superseded 20");
    assertLedgerAndTablesAgree();
  }

  @Test
  void aDayThatWasTakenBackCanBePublishedAgainAndTakenBackAgain() {
    publish("1", day(1));
    publish("2", day(1));
    unpublish(day(1));

    JobResult scored = house.score(day(1));
    JobResult published = house.publish(day(1));

    assertThat(scored.counts()).containsEntry("rows_out", 10L);
    assertThat(published.outcome()).isEqualTo(Outcome.DONE);
    assertThat(house.said)
        .contains(
            "2013-02-01 was taken back by anna at 2014-01-02T12:00:00Z: "
                + REASON
                + "; it is published again, as this command names it");
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 superseded 10", "2013-02-01 2 in-force 10", "2013-02-01 2 superseded 10");
    assertThat(entry(1).status()).isEqualTo(Status.DONE);
    assertThat(house.publish(day(1)).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);

    assertThat(unpublish(day(1)).message()).endsWith("the 10 predictions of version 1 again");
    assertThat(house.predictions())
        .containsExactly("2013-02-01 1 in-force 10", "2013-02-01 2 superseded 20");
    assertThat(runs()).hasSize(2);
    assertLedgerAndTablesAgree();
  }

  @Test
  void whereNothingIsInForceThereIsNothingToDo() {
    JobResult never = unpublish(DAYS);
    publish("1", day(1));
    long version = newest();
    JobResult another = unpublish(day(2));

    assertThat(never.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(never.exitCode()).isZero();
    assertThat(never.message())
        .isEqualTo(
            "Nothing to take back: predictions.late_flight has no predictions of"
                + " 2013-02-01_2013-02-03 in force");
    assertThat(another.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(newest()).isEqualTo(version);
    assertThat(runs()).isEmpty();
  }

  @Test
  void aRangeIsOneCommitAndItsHolesStay() {
    publish("1", day(1));
    publish("1", day(3));
    publish("2", day(3));
    long version = newest();

    JobResult result = unpublish(DAYS);

    assertThat(result.message())
        .isEqualTo(
            "Took back 2013-02-01, 2013-02-03 in predictions.late_flight@v"
                + (version + 1)
                + ": readers see earlier predictions of 1 days again, and none of 1");
    assertThat(newest()).isEqualTo(version + 1);
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 superseded 10", "2013-02-03 1 in-force 10", "2013-02-03 2 superseded 10");
    assertThat(house.context().ledger().entry(PREDICTIONS, day(2).from())).isEmpty();
    assertLedgerAndTablesAgree();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEFORE_COMMIT:predictions.late_flight",
        "AFTER_COMMIT:predictions.late_flight",
        "AFTER_VIEWS:predictions.late_flight",
        "BEFORE_LEDGER:predictions.late_flight",
        "AFTER_LEDGER:predictions.late_flight"
      })
  void killedAtAnyPointAndRunAgainStepsBackOnce(String fault) {
    publish("1", day(1));
    List<String> first = read(1);
    publish("2", day(1));
    publish("1", day(1));
    publish("2", day(1));
    long version = newest();

    assertThat(ArmedFault.halts(fault, () -> unpublish(day(1)))).isTrue();
    JobResult again = unpublish(day(1));

    assertThat(again.exitCode()).isZero();
    assertThat(newest()).isEqualTo(version + 1);
    assertThat(read(1)).hasSize(10).allMatch(row -> row.contains(" 1 late_flight.score."));
    assertThat(read(1)).hasSameSizeAs(first);
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 in-force 10", "2013-02-01 1 superseded 10", "2013-02-01 2 superseded 20");
    assertThat(entry(1).withdrawal()).isPresent();
    assertThat(unpublish(day(1)).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(runs()).hasSize(1);
    assertLedgerAndTablesAgree();
  }

  @Test
  void aCallForOneDayFinishesThatDayOfAKilledCallAlone() {
    publish("1", DAYS);
    publish("2", DAYS);
    long version = newest();
    assertThat(ArmedFault.halts("AFTER_COMMIT:" + PREDICTIONS, () -> unpublish(DAYS))).isTrue();

    unpublish(day(2));

    assertThat(newest()).isEqualTo(version + 1);
    assertThat(entry(2).status()).isEqualTo(Status.WITHDRAWN);
    assertThat(entry(1).status()).isEqualTo(Status.DONE);
    assertThat(examine(false).exitCode()).isEqualTo(65);
    assertThat(examine(false).message()).contains("`millrace doctor --lake --rebuild-ledger`");
    unpublish(DAYS);
    assertThat(newest()).isEqualTo(version + 1);
    assertLedgerAndTablesAgree();
  }

  @Test
  void oneOfTwoAtOnceIsRefused() {
    publish("1", day(1));
    JobContext first = house.context();
    try (Lease held =
        first
            .leases()
            .acquire(
                ScoringHouse.key("publish", day(1)),
                first.attempt(),
                Claims.of(Verb.PUBLISH, first.pipeline(), day(1)),
                Duration.ZERO)) {
      held.requireHeld();

      JobResult refused = TestRooms.job(house.context(), ScoringHouse.key("unpublish", DAYS));

      assertThat(refused.exitCode()).isEqualTo(75);
      assertThat(refused.category()).isEqualTo(ErrorCategory.BUSY);
    }

    assertThat(TestRooms.job(house.context(), ScoringHouse.key("unpublish", DAYS)).outcome())
        .isEqualTo(Outcome.DONE);
  }

  @Test
  void aDayThatWasPublishedSinceItWasSeenIsRefused() {
    publish("1", day(1));
    unpublish(day(1));
    long seen = newest();
    publish("2", day(1));

    assertThatThrownBy(() -> unpublishSeen(day(1), seen))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessage(
            "Cannot take back what v%d of predictions.late_flight shows of 2013-02-01: v%d by"
                + " late_flight.publish.2013-02-01 wrote that day since; look at it, and leave"
                + " --seen out to take that back",
            seen, newest());
    assertThatThrownBy(() -> unpublishSeen(day(1), 99))
        .hasMessageContaining("its newest version is v" + newest() + "; give --seen a version");
    assertThat(read(1)).hasSize(10);
  }

  @Test
  void aDayWhoseFileIsLostIsRefused() throws IOException {
    publish("1", day(1));
    try (Stream<Path> files = Files.walk(Path.of(house.context().lake().path(PREDICTIONS)))) {
      Files.delete(
          files
              .filter(file -> file.toString().contains("day=2013-02-01/"))
              .filter(file -> file.toString().endsWith(".parquet"))
              .findFirst()
              .orElseThrow());
    }

    assertThatThrownBy(() -> unpublish(day(1)))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageStartingWith(
            "Cannot take back late_flight of 2013-02-01: its rows are lost with day=2013-02-01/")
        .hasMessageContaining("millrace publish late_flight --date 2013-02-01");
  }

  @Test
  void rowsOfAnEarlierReleaseAreTakenBackInTheOrderOfTheirTimes() {
    publish("1", day(1));
    publish("2", day(1));
    publish("1", day(1));
    JobContext context = house.context();
    TableVersion table = context.lake().current(PREDICTIONS).orElseThrow();
    Dataset<Row> old =
        context
            .lake()
            .read(table)
            .withColumn(
                "superseded_at",
                functions.expr("timestampadd(SECOND, CAST(publication AS INT), superseded_at)"))
            .drop("publication", "withdrawn_at");
    old.write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", "true")
        .partitionBy("day")
        .save(table.path());

    unpublish(day(1));

    assertThat(read(1)).allMatch(row -> row.contains(" 2 late_flight.score."));
    assertThat(house.predictions())
        .containsExactly("2013-02-01 1 superseded 20", "2013-02-01 2 in-force 10");
    unpublishSeen(day(1), newest());
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 in-force 10", "2013-02-01 1 superseded 10", "2013-02-01 2 superseded 10");
    assertLedgerAndTablesAgree();
  }

  @Test
  void aLostLedgerIsMadeAgainWithWhatWasTakenBack() throws IOException {
    publish("1", day(1));
    publish("2", day(1));
    unpublish(day(1));
    LedgerEntry before = entry(1);
    Path ledger = Path.of(house.context().lake().path("ops.ledger"));
    Files.move(ledger, directory.resolve("lost"));

    examine(true);

    assertThat(entry(1).status()).isEqualTo(Status.WITHDRAWN);
    assertThat(entry(1).withdrawal()).isEqualTo(before.withdrawal());
    assertThat(entry(1).fingerprint()).isEqualTo(before.fingerprint());
    assertLedgerAndTablesAgree();
  }

  @Test
  void monitoringJudgesWhatIsInForce() {
    publish("1", days(1, 2));
    publish("2", days(1, 2));
    house.monitor(days(1, 2));
    assertThat(judged()).containsExactly("2013-02-01 2", "2013-02-02 2");

    unpublish(days(1, 2));
    unpublishSeen(day(2), newest());
    house.monitor(days(1, 2));

    assertThat(judged()).contains("2013-02-01 1");
    assertThat(house.monitor(days(1, 2)).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
  }

  private static DayRange days(int from, int to) {
    return ScoringHouse.days(from, to);
  }

  private List<String> judged() {
    JobContext context = house.context();
    return context
        .lake()
        .read(context.lake().current(LedgerObjects.quality("late_flight")).orElseThrow())
        .selectExpr("concat_ws(' ', day, model_version) AS text")
        .orderBy("text")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void viewsNeverGoBackBehindACommitOfAnotherRun() {
    publish("1", day(1));
    TableVersion early = house.context().lake().current(PREDICTIONS).orElseThrow();
    publish("1", day(2));
    assertThat(read(2)).hasSize(10);

    // a run that committed first comes to its views last
    new Metastore(house.context().lake()).publishViews(house.context().pipeline(), early);

    assertThat(read(2)).hasSize(10);
  }
}
