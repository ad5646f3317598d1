package org.millrace.jobs.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ArmedFault;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.jobs.validate.ValidateFeatures;

/** Feature tables of nights, of ranges, and of ranges with days that were done before. */
@Tag("slow")
class TestMaterializeFeatures {
  private static final String ROWS =
      "SELECT k, at AS event_timestamp, known AS known_at, n FROM events";
  private static final String GROUPS =
      "SELECT k, max(at) AS event_timestamp, date_trunc('HOUR', known) AS known_at, sum(n) AS n"
          + " FROM events WHERE known < :to GROUP BY k, date_trunc('HOUR', known)";

  @TempDir Path home;

  @Test
  void nightsAndARangeOverTheirHolesMakeTheTablesOfOneRange() {
    Pipeline pipeline =
        new LateEvents(home).input().view("rows", 2, ROWS).view("groups", 3, GROUPS).pipeline();
    Path whole = home.resolve("whole");
    Path nightly = home.resolve("nightly");
    DayRange second = night(1);
    DayRange fourth = night(3);

    ingest(whole, pipeline);
    ingest(nightly, pipeline);
    JobResult all = run(whole, pipeline, LateEvents.DAYS);
    JobResult one = run(nightly, pipeline, second);
    run(nightly, pipeline, fourth);
    run(nightly, pipeline, LateEvents.DAYS);

    for (String view : List.of("features.rows", "features.groups")) {
      List<String> expected = rows(whole, pipeline, view);
      assertThat(expected).hasSizeGreaterThan(100);
      assertThat(rows(nightly, pipeline, view)).isEqualTo(expected);
      assertThat(runKey(nightly, pipeline, view, 0)).isEqualTo(key(LateEvents.DAYS).toString());
      assertThat(runKey(nightly, pipeline, view, 1)).isEqualTo(key(second).toString());
      assertThat(runKey(nightly, pipeline, view, 3)).isEqualTo(key(fourth).toString());
    }
    assertThat(one.counts().get("rows_later")).isPositive();
    Map<String, Long> counts = all.counts();
    long kept = counts.getOrDefault("rows_out", -1L);
    long later = counts.getOrDefault("rows_later", -1L);
    assertThat(counts).containsEntry("rows_in", kept + later);
  }

  @Test
  void aRowThatNoNightWouldFindStopsNightsAndRangesWithTheNumberThatWould() {
    Pipeline pipeline = new LateEvents(home).input().view("rows", 1, ROWS).pipeline();
    Path lake = home.resolve("lake");
    ingest(lake, pipeline);

    for (DayRange days : List.of(LateEvents.DAYS, night(0))) {
      assertThatThrownBy(() -> run(lake, pipeline, days))
          .isInstanceOfSatisfying(
              MillraceException.class,
              e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
          .hasMessageStartingWith("Cannot compute features.rows of " + days + ": ")
          .hasMessageEndingWith("; set 'look-back-days: 2' in view rows");
    }
  }

  @Test
  void aRowWithoutTimesIsFoundByTheRulesAndNotLeftOut() {
    Pipeline pipeline = new LateEvents(home).inputWithoutTimes().view("rows", 1, ROWS).pipeline();
    Path lake = home.resolve("lake");
    ingest(lake, pipeline);

    assertThatThrownBy(() -> run(lake, pipeline, night(0)))
        .hasMessageContaining("NullCount \"event_timestamp\" = 0 (value 1.0")
        .hasMessageContaining("NullCount \"known_at\" = 0 (value 1.0");
  }

  @Test
  void whatIsReadIsWhatTheLedgerWasComparedWith() {
    Pipeline pipeline = new LateEvents(home).input().view("rows", 2, ROWS).pipeline();
    Path lake = home.resolve("lake");
    ingest(lake, pipeline);
    JobContext context = context(lake, pipeline);
    RunKey key = key(night(0));
    TableVersion compared = context.ledger().comparedWith("raw.events").orElseThrow();
    DeltaTable.forPath(context.spark(), compared.path()).delete("true");
    assertThat(context.lake().require("raw.events", "ingest")).isNotEqualTo(compared);

    try (Lease lease =
        context
            .leases()
            .acquire(
                key,
                context.attempt(),
                Claims.of(Verb.MATERIALIZE, pipeline, key.days()),
                Duration.ZERO)) {
      new MaterializeFeatures(context, key).run(lease);
    }

    assertThat(new StagingArea(context.lake(), "features.rows").whole())
        .singleElement()
        .satisfies(
            staged -> {
              assertThat(staged.manifest().inputs()).containsExactly(compared);
              assertThat(staged.manifest().totalRows().accepted()).isPositive();
            });
  }

  @Test
  void aViewIsInTheLedgerBeforeTheNextOneIsWritten() {
    Pipeline pipeline =
        new LateEvents(home).input().view("rows", 2, ROWS).view("groups", 3, GROUPS).pipeline();
    String first = pipeline.views().get(0).table();
    String second = pipeline.views().get(1).table();
    Path lake = home.resolve("lake");
    ingest(lake, pipeline);
    TestRooms.run(context(lake, pipeline), key(night(0)), MaterializeFeatures::new);

    boolean isHalted =
        ArmedFault.halts(
            "AFTER_COMMIT:" + second,
            () -> TestRooms.run(context(lake, pipeline), key(night(0)), ValidateFeatures::new));

    assertThat(isHalted).isTrue();
    LocalDate day = night(0).from();
    JobContext reader = context(lake, pipeline);
    assertThat(reader.ledger().entry(first, day)).isPresent();
    assertThat(reader.ledger().entry(second, day)).isEmpty();
    assertThat(new StagingArea(reader.lake(), first).whole()).isEmpty();
    TestRooms.run(context(lake, pipeline), key(night(0)), ValidateFeatures::new);
    assertThat(context(lake, pipeline).ledger().entry(second, day)).isPresent();
  }

  private static void ingest(Path lake, Pipeline pipeline) {
    DayRange days = LateEvents.DAYS.startingEarlier(2);
    TestRooms.run(context(lake, pipeline), key(days), IngestSources::new);
  }

  private static JobResult run(Path lake, Pipeline pipeline, DayRange days) {
    JobResult staged = TestRooms.line(context(lake, pipeline), key(days), MaterializeFeatures::new);
    TestRooms.run(context(lake, pipeline), key(days), ValidateFeatures::new);
    return staged;
  }

  private static List<String> rows(Path lake, Pipeline pipeline, String view) {
    JobContext context = context(lake, pipeline);
    return context.lake().read(context.lake().require(view, "validate")).collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  private static String runKey(Path lake, Pipeline pipeline, String view, int day) {
    LocalDate date = night(day).from();
    return context(lake, pipeline).ledger().entry(view, date).orElseThrow().runKey();
  }

  private static DayRange night(int day) {
    return DayRange.of(LateEvents.DAYS.from().plusDays(day));
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
