package org.millrace.jobs.materialize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.jobs.validate.ValidateFeatures;

/**
 * Thirty nights make the tables of two ranges, one over each change of New York's clocks, of events
 * that are known hours, days and weeks after they happened.
 */
@Tag("slow")
class TestThirtyNights {
  private static final List<DayRange> SEASONS =
      List.of(range("2013-03-03", "2013-03-17"), range("2013-10-27", "2013-11-10"));
  private static final int LATEST_DAYS = 21;
  private static final int EARLIER_DAYS = LATEST_DAYS + 2;

  private static final String ROWS =
      "SELECT k, at AS event_timestamp, known AS known_at, n FROM events";
  private static final String GROUPS =
      "SELECT k, max(at) AS event_timestamp, date_trunc('HOUR', known) AS known_at, sum(n) AS n"
          + " FROM events WHERE known < :to GROUP BY k, date_trunc('HOUR', known)";
  private static final String WINDOWS =
      "SELECT k, at AS event_timestamp, known AS known_at, count(*) OVER (PARTITION BY k ORDER BY"
          + " known RANGE BETWEEN INTERVAL 25 HOURS PRECEDING AND CURRENT ROW) AS n FROM events";

  @TempDir private Path home;

  private static DayRange range(String from, String to) {
    return new DayRange(LocalDate.parse(from), LocalDate.parse(to));
  }

  /** A third within hours, a third within days, a third within three weeks. */
  private static int lateMinutes(SplittableRandom random) {
    long most =
        switch (random.nextInt(3)) {
          case 0 -> Duration.ofHours(9).toMinutes();
          case 1 -> Duration.ofDays(3).toMinutes();
          default -> Duration.ofDays(LATEST_DAYS).toMinutes() - Duration.ofHours(23).toMinutes();
        };
    return random.nextInt((int) most);
  }

  @Test
  void makeTheTablesOfRanges() {
    List<LocalDate> days =
        SEASONS.stream()
            .flatMap(season -> season.startingEarlier(EARLIER_DAYS).days().stream())
            .toList();
    Pipeline pipeline =
        new LateEvents(home)
            .input(days, TestThirtyNights::lateMinutes)
            .view("rows", LATEST_DAYS, ROWS)
            .view("groups", LATEST_DAYS + 1, GROUPS)
            .view("windows", EARLIER_DAYS, WINDOWS)
            .pipeline();
    Path whole = home.resolve("whole");
    Path nightly = home.resolve("nightly");

    for (DayRange season : SEASONS) {
      ingest(whole, pipeline, season.startingEarlier(EARLIER_DAYS));
      make(whole, pipeline, season);
      ingest(
          nightly,
          pipeline,
          new DayRange(season.from().minusDays(EARLIER_DAYS), season.from().minusDays(1)));
      for (LocalDate night : season.days()) {
        ingest(nightly, pipeline, DayRange.of(night));
        make(nightly, pipeline, DayRange.of(night));
      }
    }

    for (String table :
        List.of("raw.events", "features.rows", "features.groups", "features.windows")) {
      assertThat(rows(nightly, pipeline, table))
          .as(table)
          .hasSizeGreaterThan(500)
          .isEqualTo(rows(whole, pipeline, table));
    }
  }

  private static void ingest(Path lake, Pipeline pipeline, DayRange days) {
    TestRooms.run(context(lake, pipeline), key(days), IngestSources::new);
  }

  private static void make(Path lake, Pipeline pipeline, DayRange days) {
    TestRooms.run(context(lake, pipeline), key(days), MaterializeFeatures::new);
    TestRooms.run(context(lake, pipeline), key(days), ValidateFeatures::new);
  }

  private static List<String> rows(Path lake, Pipeline pipeline, String table) {
    JobContext context = context(lake, pipeline);
    return context.lake().read(context.lake().require(table, "validate")).collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  private static RunKey key(DayRange days) {
    return TestRooms.key("nights", days.from().toString(), days.to().toString());
  }

  private static JobContext context(Path lake, Pipeline pipeline) {
    return TestRooms.context(
        lake,
        pipeline,
        () -> {
          throw new IllegalStateException("this test has no registry");
        });
  }
}
