package org.millrace.jobs.spine;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.features.lake.Fence;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.jobs.validate.ValidateFeatures;

/** Windows of four days over views that keep daily partial aggregates, from files to a night. */
@Tag("slow")
class TestDailyTables {
  private static final DayRange NIGHT = DayRange.of(LocalDate.parse("2013-03-12"));
  private static final String TABLE = "features.e_daily";

  @TempDir static Path home;

  private static Definitions definitions;

  @BeforeAll
  static void runToTheFeatureTables() {
    PipelineDirectory pipeline = new PipelineDirectory(home);
    PipelineRows.write(pipeline, 60_000);
    view(pipeline, "");
    definitions = pipeline.definitions();
    TestRooms.run(context(), key("ingest", PipelineRows.DAYS), IngestSources::new);
    make(context(), PipelineRows.DAYS);
  }

  private static void view(PipelineDirectory pipeline, String more) {
    pipeline.view(
        "e",
        "SELECT k, event_timestamp, known_at, x, n FROM events",
        """
        features:
          x: {type: double, description: X}
          n: {type: int, description: N}
        partial-aggregates: daily
        aggregates:
          c: {of: count() over 4d, type: bigint, description: C}
          s: {of: sum(x) over 4d, type: double, description: S}
          a: {of: avg(n) over 4d where x > 0, type: double, description: A}
          d: {of: stddev(x) over 4d, type: double, description: D}
          m: {of: max(n) over 90m, type: int, description: M}
          y: {of: min(x) over 4d, type: double, description: Y}
          l: {of: 'last(x, 3) over 4d', type: array<double>, description: L}
        """
            + more);
  }

  @AfterEach
  void leaveTheSettingOut() {
    TestSpark.session().conf().unset(DailyTables.SETTING);
  }

  @Test
  void aNightIsTheSameBitForBitWithPartialAggregatesAndWithout() {
    List<Row> without = night("never");
    List<Row> with = night("always");

    assertThat(with).hasSize(200).containsExactlyInAnyOrderElementsOf(without);
    assertThat(with.stream().map(row -> row.<Long>getAs("e__c"))).anyMatch(events -> events > 1000);
  }

  @Test
  void partialAggregatesAreReadWhereThatIsLess() {
    SpineFeatures features = features();
    Pins pins = features.pin(NIGHT);
    Dataset<Row> joined = features.join(features.spine(NIGHT, pins), NIGHT, pins).rows();

    assertThat(pins.find(TABLE)).isPresent();
    assertThat(joined.queryExecution().executedPlan().toString())
        .contains("daily partials 2013-03-09 to 2013-03-11");

    DayRange week = new DayRange(LocalDate.parse("2013-03-09"), LocalDate.parse("2013-03-13"));
    assertThat(features.pin(week).find(TABLE)).as("no day is in the window of all rows").isEmpty();
  }

  @Test
  void oneRowStandsForTheEventsOfAKeyAndTwoDays() {
    JobContext context = context();
    Dataset<Row> rows = context.lake().read(context.lake().require(TABLE, "validate"));
    Row counts =
        rows.agg(count(lit(1)), countDistinct(col("k"), col("event_date"), col("known_date")))
            .head();

    assertThat(counts.getLong(0)).isEqualTo(counts.getLong(1)).isBetween(90L, 200L);
    assertThat(
            context.ledger().entries(TABLE).values().stream()
                .mapToLong(entry -> entry.rows().accepted())
                .sum())
        .isEqualTo(counts.getLong(0));
    assertThat(context.ledger().entries(TABLE)).hasSize(PipelineRows.DAYS.size());
    assertThat(make(context(), NIGHT).message()).contains("were valid before");
  }

  @Test
  void aTableThatWasWrittenPastTheLedgerIsNotRead(@TempDir Path other) throws IOException {
    copy(home.resolve("lake"), other);
    String path = context(other).lake().path(TABLE);
    DeltaTable.forPath(TestSpark.session(), path)
        .updateExpr("known_date = DATE'2013-03-10'", Map.of("k", "'nobody'"));

    assertThat(features(other).pin(NIGHT).find(TABLE)).isEmpty();

    TestSpark.session().conf().set(DailyTables.SETTING, "always");
    SpineFeatures forced = features(other);
    assertThatThrownBy(() -> forced.pin(NIGHT))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INPUT_MISSING))
        .hasMessageContaining(
            "Cannot use the partial aggregates of e, as spark.millrace.windows.partials=always"
                + " requires: features.e_daily of 2013-03-10 was changed outside: its newest commit is v");
  }

  @Test
  void commitsThatChangeNoRowsLeaveThemUsable(@TempDir Path other) throws IOException {
    copy(home.resolve("lake"), other);
    JobContext context = context(other);
    String path = context.lake().path(TABLE);
    DeltaTable.forPath(TestSpark.session(), path).optimize().executeCompaction();
    TableWriter events =
        new TableWriter(context.lake(), "features.e", "", Map.of(), Optional.empty());
    events.takeFence(
        new Fence(Map.of("lease/features.e/2013-03-10", Long.MAX_VALUE)),
        context.note(key("validate", NIGHT), "", List.of()));

    Pins pins = features(other).pin(NIGHT);

    assertThat(pins.find(TABLE)).isEqualTo(context(other).lake().current(TABLE));
    assertThat(pins.find(TABLE)).isPresent();
  }

  @Test
  void daysOfAnInterruptedWriterAreNotReadAndAreMadeAgain(@TempDir Path other) throws IOException {
    copy(home.resolve("lake"), other);
    JobContext context = context(other);
    LocalDate day = LocalDate.parse("2013-03-10");
    LedgerEntry done = Objects.requireNonNull(context.ledger().entries(TABLE).get(day));
    LedgerEntry begun =
        LedgerEntry.of(TABLE, Partition.of(day)).pending().finishedAt(done.finishedAt());
    context.ledger().append(List.of(begun), context.note(key("validate", NIGHT), "", List.of()));

    assertThat(features(other).pin(NIGHT).find(TABLE)).isEmpty();

    make(context(other), DayRange.of(day));
    assertThat(features(other).pin(NIGHT).find(TABLE)).isPresent();
  }

  @Test
  void oneMoreAggregateIsServedWhenTheDaysAreMadeAgain(@TempDir Path other) throws IOException {
    copy(home.resolve("lake"), other);
    Definitions before = definitions;
    PipelineDirectory pipeline = new PipelineDirectory(home);
    view(pipeline, "  z: {of: min(n) over 4d, type: int, description: Z}\n");
    try {
      definitions = pipeline.definitions();
      assertThat(features(other).pin(NIGHT).find(TABLE)).as("kept without it").isEmpty();

      make(context(other), new DayRange(LocalDate.parse("2013-03-10"), PipelineRows.DAYS.to()));
      assertThat(features(other).pin(NIGHT).find(TABLE)).as("some days have it").isEmpty();

      make(context(other), PipelineRows.DAYS);
      assertThat(features(other).pin(NIGHT).find(TABLE)).isPresent();
      assertThat(night(other, "always"))
          .hasSize(200)
          .containsExactlyInAnyOrderElementsOf(night(other, "never"));
    } finally {
      definitions = before;
      view(pipeline, "");
    }
  }

  @Test
  void aViewOfMoreColumnsThanCanBeReadIsRefusedBeforeAnythingIsStaged(@TempDir Path other) {
    PipelineDirectory pipeline = new PipelineDirectory(other);
    StringBuilder yaml = new StringBuilder("features:\n  x: {type: double, description: X}\n");
    yaml.append("partial-aggregates: daily\naggregates:\n");
    yaml.append("  c: {of: count() over 9d, type: bigint, description: C}\n");
    yaml.append("  s: {of: sum(x) over 9d, type: double, description: S}\n");
    for (int i = 0; i < 31; i++) {
      yaml.append(
          "  a%d: {of: sum(x) over 9d where x > %d, type: double, description: A}\n"
              .formatted(i, i));
    }
    pipeline.view("e", "SELECT * FROM events", yaml.toString());
    JobContext context =
        TestRooms.context(home.resolve("lake"), pipeline.definitions(), TestDailyTables::none);
    RunKey key = key("materialize", NIGHT);

    assertThatThrownBy(() -> TestRooms.run(context, key, MaterializeFeatures::new))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot aggregate e: more than 64 columns and filters are read");
  }

  @Test
  void anotherWordIsRefused() {
    TestSpark.session().conf().set(DailyTables.SETTING, "often");
    SpineFeatures features = features();

    assertThatThrownBy(() -> features.pin(NIGHT))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(
            "Cannot use spark.millrace.windows.partials=often: it must be one of auto, always,"
                + " never");
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walked = Files.walk(from)) {
      files = walked.toList();
    }
    for (Path file : files) {
      Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static List<Row> night(String use) {
    return night(home.resolve("lake"), use);
  }

  private static List<Row> night(Path lake, String use) {
    TestSpark.session().conf().set(DailyTables.SETTING, use);
    SpineFeatures features = features(lake);
    Pins pins = features.pin(NIGHT);
    JoinedSpine joined = features.join(features.spine(NIGHT, pins), NIGHT, pins);
    List<Row> rows = joined.rows().collectAsList();
    assertThat(joined.requireConserved().rows()).isEqualTo(200);
    return rows;
  }

  /** Materializes and validates. */
  private static ValidateFeatures.Result make(JobContext context, DayRange days) {
    TestRooms.run(context, key("materialize", days), MaterializeFeatures::new);
    return TestRooms.run(context, key("validate", days), ValidateFeatures::new);
  }

  private static RunKey key(String room, DayRange days) {
    return TestRooms.key(room, days.from().toString(), days.to().toString());
  }

  private static SpineFeatures features() {
    return features(home.resolve("lake"));
  }

  private static SpineFeatures features(Path lake) {
    return new SpineFeatures(context(lake));
  }

  private static JobContext context() {
    return context(home.resolve("lake"));
  }

  private static JobContext context(Path lake) {
    return TestRooms.context(lake, definitions, TestDailyTables::none);
  }

  private static ModelRegistry none() {
    throw new IllegalStateException("this test has no registry");
  }
}
