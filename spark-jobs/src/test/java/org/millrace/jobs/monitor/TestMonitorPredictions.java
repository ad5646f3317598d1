package org.millrace.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.jobs.testing.ScoringHouse.DAYS;
import static org.millrace.jobs.testing.ScoringHouse.PREDICTIONS;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;

/** Published days whose labels are known: judged once, from what the ledger says of them. */
@Tag("slow")
class TestMonitorPredictions {
  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void threePublishedDays() {
    house = new ScoringHouse(directory);
    house.score(DAYS);
    house.publish(DAYS);
  }

  private static void deleteHalfOfTheSecondDay(JobContext context) {
    DeltaTable.forPath(context.spark(), context.lake().path(PREDICTIONS))
        .delete("day = DATE'2013-02-02' AND id >= 15");
  }

  @Test
  void publishedDaysAreJudgedOnce() {
    JobResult judged = house.monitor(DAYS);

    assertThat(judged.counts()).containsEntry("days", 3L).containsEntry("rows_in", 30L);
    assertThat(house.monitor(DAYS).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void aDayIsComparedTogetherWithTheDaysBeforeIt() {
    house.monitor(ScoringHouse.day(1));
    house.monitor(ScoringHouse.day(2));
    assertThat(drift("day, first_day, rows"))
        .containsExactlyInAnyOrder("2013-02-01,2013-02-01,10", "2013-02-02,2013-02-01,20");

    house.unpublish(
        ScoringHouse.day(1), new UnpublishRequest("me", "a wrong day", OptionalLong.empty()));
    house.monitor(ScoringHouse.day(3));
    assertThat(drift("day, first_day, rows"))
        .as("a day that was taken back does not count")
        .contains("2013-02-03,2013-02-02,20");
  }

  @Test
  void featuresThatAreLeftOutAreNotMeasured() {
    house.leaveOut("noise");

    house.monitor(ScoringHouse.day(1));

    assertThat(drift("feature")).contains("v__x").doesNotContain("noise");
  }

  @Test
  void countsOfADayThatLacksAFeatureDoNotStopTheNight() {
    house.monitor(ScoringHouse.day(1));
    JobContext context = house.context();
    DeltaTable table =
        DeltaTable.forPath(context.spark(), context.lake().path("monitoring.late_flight_drift"));
    table.delete("feature = 'noise'");
    assertThat(house.monitor(ScoringHouse.day(2)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(drift("day, feature, rows")).contains("2013-02-02,noise,10", "2013-02-02,v__x,20");

    // as a release before this one left it
    table.updateExpr(Map.of("bins", "NULL", "first_day", "NULL"));
    assertThat(house.monitor(ScoringHouse.day(3)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(drift("day, first_day, rows")).contains("2013-02-03,2013-02-03,10");
  }

  private List<String> drift(String columns) {
    JobContext context = house.context();
    return context
        .lake()
        .read(context.lake().require("monitoring.late_flight_drift", "monitor"))
        .selectExpr("concat_ws(',', %s)".formatted(columns))
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void aDamagedMemoryOfTheChampionDoesNotStopIt() throws IOException {
    Files.writeString(directory.resolve("lake/models/late_flight.champion.json"), "{");

    assertThat(house.monitor(DAYS).counts()).containsEntry("days", 3L);
    assertThat(house.said)
        .anyMatch(
            line -> line.startsWith("which version late_flight@champion named is unknown here"));
  }

  @Test
  void aDayThatLostHalfOfItsRowsIsRefused() {
    deleteHalfOfTheSecondDay(house.context());

    assertThatThrownBy(() -> house.monitor(DAYS))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("Cannot read " + PREDICTIONS + ": ")
        .hasMessageContaining("of 2013-02-02 was changed outside");
  }

  @Test
  void whatIsReadIsWhatTheLedgerWasComparedWith() {
    JobContext context = house.context();
    RunKey key = ScoringHouse.monitorKey(DAYS);
    context.ledger().refresh();
    assertThat(context.ledger().comparedWith(PREDICTIONS)).isPresent();
    deleteHalfOfTheSecondDay(house.context());

    try (Lease lease =
        context
            .leases()
            .acquire(
                key,
                context.attempt(),
                Claims.of(Verb.MONITOR, context.pipeline(), key.days()),
                Duration.ZERO)) {
      MonitorPredictions.Result judged = new MonitorPredictions(context, key).run(lease);

      assertThat(judged.rows().accepted()).isEqualTo(30);
    }
  }
}
