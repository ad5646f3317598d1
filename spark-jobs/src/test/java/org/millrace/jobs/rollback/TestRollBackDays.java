package org.millrace.jobs.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.jobs.testing.ScoringHouse.DAYS;
import static org.millrace.jobs.testing.ScoringHouse.PREDICTIONS;
import static org.millrace.jobs.testing.ScoringHouse.day;
import static org.millrace.jobs.testing.ScoringHouse.days;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
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
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Status;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lease.Lease;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.doctor.Doctor;
import org.millrace.jobs.doctor.DoctorRequest;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.model.RollbackRequest;
import org.millrace.jobs.plan.DescribeModel;
import org.millrace.jobs.plan.LakeReading;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.planning.ModelOverview;
import org.millrace.planning.ShownDays;

/** An alias goes back, and with it what readers see of the days since. */
@Tag("slow")
class TestRollBackDays {
  private static final RunKey KEY = ScoringHouse.key("rollback", DAYS);
  private static final LocalDate FIRST = DAYS.from();

  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void version1IsKnownAsChampion() {
    house = new ScoringHouse(directory);
    run(asked(Optional.of("1"), Optional.empty())); // the history of the alias begins
  }

  private void publish(String champion, DayRange days) {
    house.champion(champion);
    house.score(days);
    house.publish(days);
  }

  private static RollbackRequest asked(Optional<String> to, Optional<LocalDate> since) {
    return new RollbackRequest("ada", "too many alarms", to, since, false, false);
  }

  private JobResult rollBack(String... to) {
    return run(asked(Stream.of(to).findFirst(), Optional.of(FIRST)));
  }

  private JobResult run(RollbackRequest request) {
    JobContext context = house.context();
    try (Lease lease =
        context
            .leases()
            .acquire(
                KEY,
                context.attempt(),
                RollBackModel.claims(context, KEY, request),
                Duration.ZERO)) {
      context.ledger().refresh();
      return new RollBackModel(context, KEY, request).run(lease).line(KEY, context.attempt(), 0);
    }
  }

  private String champion() {
    return house.context().registry().get().aliasTarget("late_flight", "champion").orElseThrow();
  }

  private List<String> moves() {
    return AliasMoves.history(house.context().lake(), "late_flight", "champion").stream()
        .map(move -> move.kind() + " " + move.from().orElse("-") + " " + move.to().orElse("-"))
        .toList();
  }

  private LedgerEntry entry(int day) {
    return house.context().ledger().entry(PREDICTIONS, day(day).from()).orElseThrow();
  }

  private long newest() {
    return house.context().lake().current(PREDICTIONS).orElseThrow().version();
  }

  /** Versions that readers see of a day. */
  private static List<String> seen(int day) {
    return TestSpark.session()
        .sql(
            "SELECT DISTINCT model_version FROM default.late_flight_current WHERE day = DATE'"
                + day(day).from()
                + "'")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private void assertLedgerAndTablesAgree() {
    JobContext context = house.context();
    JobResult examined =
        new Doctor(context.lake(), context.leases(), "d", (room, text) -> {})
            .run(new DoctorRequest(false, Optional.empty(), Optional.empty()));
    assertThat(examined.exitCode()).as(examined.message()).isZero();
  }

  @Test
  void readersSeeWhatTheEarlierVersionPublishedAndTheUndoShowsTheOtherAgain() {
    publish("1", DAYS);
    publish("2", days(1, 2));
    String taken = entry(1).fingerprint();
    long version = newest();

    JobResult back = rollBack();

    assertThat(back.message())
        .isEqualTo(
            "late_flight/1 is champion again, not version 2; readers see earlier predictions again"
                + " of 2013-02-01_2013-02-02; `millrace rollback late_flight --to 2 --since"
                + " 2013-02-01` undoes it");
    assertThat(champion()).isEqualTo("1");
    assertThat(newest()).as("one commit").isEqualTo(version + 1);
    assertThat(seen(1)).containsExactly("1");
    assertThat(seen(2)).containsExactly("1");
    assertThat(back.counts())
        .containsEntry("days", 2L)
        .containsEntry("days_empty", 0L)
        .containsEntry("days_kept", 0L)
        .containsEntry("rows_out", 20L);
    assertThat(entry(1).status()).isEqualTo(Status.WITHDRAWN);
    assertThat(entry(1).withdrawal())
        .contains(new Withdrawal("ada", "rolled back to version 1: too many alarms", taken));
    assertThat(entry(3).status()).as("version 2 never published it").isEqualTo(Status.DONE);
    assertLedgerAndTablesAgree();

    JobResult undone = rollBack("2");

    assertThat(undone.message())
        .isEqualTo(
            "late_flight/2 is champion again, not version 1; readers see earlier predictions again"
                + " of 2013-02-01_2013-02-02; `millrace rollback late_flight --to 1 --since"
                + " 2013-02-01` undoes it");
    assertThat(champion()).isEqualTo("2");
    assertThat(seen(1)).containsExactly("2");
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 superseded 10",
            "2013-02-01 2 in-force 10",
            "2013-02-02 1 superseded 10",
            "2013-02-02 2 in-force 10",
            "2013-02-03 1 in-force 10");
    assertThat(entry(1).status()).isEqualTo(Status.DONE);
    assertThat(entry(1).fingerprint()).isEqualTo(taken);
    assertThat(house.publish(days(1, 2)).outcome())
        .as("what is shown is what would be published")
        .isEqualTo(Outcome.NOTHING_TO_DO);
    assertLedgerAndTablesAgree();
    assertThat(rollBack("1").message()).startsWith("late_flight/1 is champion again");
    assertThat(seen(2)).containsExactly("1");
  }

  @Test
  void theSameCallAgainChangesNothing() {
    publish("1", DAYS);
    publish("2", DAYS);
    rollBack();
    long version = newest();
    List<String> moves = moves();

    for (JobResult again : List.of(rollBack(), rollBack("1"))) {
      assertThat(again.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
      assertThat(again.message())
          .isEqualTo("late_flight/1 is champion already; no day shows others");
    }

    assertThat(newest()).isEqualTo(version);
    assertThat(moves()).isEqualTo(moves);
  }

  @Test
  void daysFollowAnAliasThatWentBackBefore() {
    publish("1", DAYS);
    publish("2", DAYS);
    JobResult alone = run(asked(Optional.empty(), Optional.empty()));
    assertThat(alone.message())
        .endsWith(
            "readers still see predictions of version 2 on 2013-02-01_2013-02-03: take them back"
                + " with `millrace rollback late_flight --to 1 --since 2013-02-01`; `millrace"
                + " rollback late_flight --to 2` undoes it");

    JobResult days = rollBack();

    assertThat(days.outcome()).isEqualTo(Outcome.DONE);
    assertThat(champion()).isEqualTo("1");
    assertThat(seen(3)).containsExactly("1");
  }

  @Test
  void daysThatNoOtherVersionPublishedStayUnlessTheyMayBecomeEmpty() {
    publish("1", day(1));
    publish("2", DAYS);

    JobResult back = rollBack();

    assertThat(back.message())
        .contains(
            "; no other version published 2013-02-02_2013-02-03, which still show predictions of"
                + " version 2: make them again with `millrace backfill late_flight --from 2013-02-02"
                + " --to 2013-02-03`, or leave readers none with --allow-empty-days; ");
    assertThat(back.counts()).containsEntry("days", 1L).containsEntry("days_kept", 2L);
    assertThat(seen(1)).containsExactly("1");
    assertThat(seen(2)).containsExactly("2");
    assertThat(entry(2).status()).isEqualTo(Status.DONE);

    JobResult emptied =
        run(
            new RollbackRequest(
                "ada", "", Optional.empty(), Optional.of(day(3).from()), true, false));

    assertThat(emptied.message())
        .isEqualTo(
            "late_flight/1 is champion already; readers see no predictions of 2013-02-03;"
                + " `millrace rollback late_flight --to 2 --since 2013-02-03` undoes it");
    assertThat(emptied.counts()).containsEntry("days_empty", 1L);
    assertThat(seen(2)).containsExactly("2");
    assertThat(seen(3)).isEmpty();
    assertLedgerAndTablesAgree();
    rollBack("2");
    assertThat(seen(1)).containsExactly("2");
    assertThat(seen(3)).as("nothing is lost").containsExactly("2");
    assertLedgerAndTablesAgree();
  }

  @Test
  void allThatTheVersionPublishedIsTakenBackAndNoMore() {
    publish("1", day(1));
    publish("2", day(1));
    publish("1", day(1));
    publish("2", day(1));

    rollBack();

    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 in-force 10", "2013-02-01 1 superseded 10", "2013-02-01 2 superseded 20");
    JobResult next =
        house.unpublish(day(1), new UnpublishRequest("ben", "", OptionalLong.of(newest())));
    assertThat(next.message())
        .as("the publication below is still there")
        .endsWith("the 10 predictions of version 2 again");
    assertLedgerAndTablesAgree();
  }

  @Test
  void severalPublicationsOfTheVersionGoTogether() {
    for (String champion : new String[] {"1", "2", "1", "2"}) {
      publish(champion, day(1));
    }

    JobContext context = house.context();
    TableVersion table = context.lake().current(PREDICTIONS).orElseThrow();
    Dataset<Row> rows = context.lake().read(table);
    long first = rows.agg(functions.min("publication")).head().getLong(0);
    rows.withColumn(
            "model_version",
            functions.when(functions.col("publication").equalTo(first), "1").otherwise("2"))
        .write()
        .format("delta")
        .mode("overwrite")
        .partitionBy("day")
        .save(table.path());

    rollBack();

    assertThat(house.predictions())
        .containsExactly("2013-02-01 1 in-force 10", "2013-02-01 2 superseded 30");
    house.unpublish(day(1), new UnpublishRequest("ben", "", OptionalLong.of(newest())));
    assertThat(seen(1)).as("none of version 2 is shown again").isEmpty();
  }

  @Test
  void aDryRunShowsTheDaysAndChangesNothing() {
    publish("1", days(1, 2));
    publish("2", DAYS);
    long version = newest();
    List<String> moves = moves();

    JobResult shown =
        run(new RollbackRequest("ada", "", Optional.of("1"), Optional.of(FIRST), false, true));

    assertThat(shown.message())
        .startsWith("late_flight/1 would be champion again, not version 2; readers would see")
        .endsWith("; nothing was changed");
    assertThat(Json.read(shown.values().getOrDefault("days", ""), ShownDays[].class))
        .containsExactly(
            new ShownDays(FIRST, day(2).from(), Optional.of("2"), 20, Optional.of("1"), 20, false),
            ShownDays.kept(day(3).from(), "2", 10));
    assertThat(newest()).isEqualTo(version);
    assertThat(moves()).isEqualTo(moves);
    assertThat(champion()).isEqualTo("2");
    assertThat(seen(1)).containsExactly("2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEFORE_ALIAS",
        "AFTER_ALIAS",
        "BEFORE_COMMIT:predictions.late_flight",
        "AFTER_COMMIT:predictions.late_flight",
        "AFTER_VIEWS:predictions.late_flight",
        "BEFORE_LEDGER:predictions.late_flight",
        "AFTER_LEDGER:predictions.late_flight"
      })
  void killedAtAnyPointTheSameCallCompletesItAndItsUndo(String fault) {
    publish("1", DAYS);
    publish("2", DAYS);
    long version = newest();

    assertThat(ArmedFault.halts(fault, this::rollBack)).isTrue();
    rollBack();

    assertThat(champion()).isEqualTo("1");
    assertThat(newest()).isEqualTo(version + 1);
    assertThat(seen(1)).containsExactly("1");
    assertThat(moves()).endsWith("INTENDED 2 1", "MOVED 2 1");
    assertLedgerAndTablesAgree();

    assertThat(ArmedFault.halts(fault, () -> rollBack("2"))).isTrue();
    rollBack("2");

    assertThat(champion()).isEqualTo("2");
    assertThat(newest()).isEqualTo(version + 2);
    assertThat(seen(1)).containsExactly("2");
    assertThat(moves()).endsWith("INTENDED 1 2", "MOVED 1 2");
    assertThat(rollBack("2").outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertLedgerAndTablesAgree();
  }

  @Test
  void aKilledMoveWithoutDaysIsNotTurnedRound() {
    publish("1", day(1));
    publish("2", day(1));
    RollbackRequest alone = asked(Optional.empty(), Optional.empty());
    assertThat(ArmedFault.halts("AFTER_ALIAS", () -> run(alone))).isTrue();

    assertThat(run(alone).message()).isEqualTo("late_flight/1 is champion already");

    assertThat(champion()).isEqualTo("1");
    assertThat(moves()).last().isEqualTo("MOVED 2 1");
  }

  @Test
  void whileADayIsPublishedNothingMoves() {
    publish("1", day(1));
    publish("2", day(1));
    JobContext night = house.context();
    try (Lease held =
        night
            .leases()
            .acquire(
                ScoringHouse.key("publish", day(3)),
                night.attempt(),
                Claims.of(Verb.PUBLISH, night.pipeline(), day(3)),
                Duration.ZERO)) {
      held.requireHeld();
      assertThatThrownBy(this::rollBack)
          .isInstanceOfSatisfying(
              MillraceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.BUSY));
    }

    assertThat(champion()).isEqualTo("2");
    assertThat(seen(1)).containsExactly("2");
  }

  @Test
  void aLostFileRefusesAllOfIt() throws IOException {
    publish("1", day(1));
    publish("2", day(1));
    try (Stream<Path> files = Files.walk(Path.of(house.context().lake().path(PREDICTIONS)))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".parquet")).toList()) {
        if (file.toString().contains("day=2013-02-01/")) {
          Files.move(file, directory.resolve(file.getFileName().toString()));
        }
      }
    }

    assertThatThrownBy(this::rollBack)
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT);
    assertThat(champion()).isEqualTo("2");
  }

  @Test
  void theHistoryHasWhatEachVersionPublishedAndWhatWasTakenBack() {
    publish("1", DAYS);
    publish("2", days(1, 2));
    rollBack();
    rollBack("2");

    JobContext context = house.context();
    ModelOverview overview =
        new DescribeModel(
                LakeReading.open(
                    directory.resolve("lake").toString(), context.lake().dayZone(), Map.of()),
                context.registry())
            .of(context.pipeline());

    assertThat(overview.publications())
        .extracting(
            one ->
                "%s %s %s %s %d %s"
                    .formatted(
                        one.kind(),
                        one.version().orElse("-"),
                        one.shown().orElse("-"),
                        one.ranges(),
                        one.rows(),
                        one.by()))
        .containsExactlyInAnyOrder( // the house's clock stands still
            "PUBLISHED 1 1 [2013-02-01_2013-02-03] 30 ",
            "PUBLISHED 2 2 [2013-02-01_2013-02-02] 20 ",
            "TAKEN_BACK 2 1 [2013-02-01_2013-02-02] 20 ada",
            "RESTORED 2 2 [2013-02-01_2013-02-02] 20 ");
    assertThat(overview.versions())
        .extracting(version -> version.version() + " " + version.ranges() + " " + version.rows())
        .containsExactly("3 [] 0", "2 [2013-02-01_2013-02-02] 20", "1 [2013-02-03] 10");
    assertThat(overview.moves())
        .extracting(ModelOverview.Move::isRollback)
        .as("two rows of each rollback, after two that found the house's own moves")
        .containsExactly(false, false, true, true, true, true);
  }
}
