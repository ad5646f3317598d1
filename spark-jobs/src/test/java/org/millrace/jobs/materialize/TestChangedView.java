package org.millrace.jobs.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.doctor.Doctor;
import org.millrace.jobs.doctor.DoctorRequest;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.jobs.validate.ValidateFeatures;

/** What a change of a definition does to tables that were made before it. */
@Tag("slow")
class TestChangedView {
  private static final String TABLE = "features.rows";
  private static final DayRange FIRST = DayRange.of(LateEvents.DAYS.from());
  private static final DayRange SECOND = DayRange.of(LateEvents.DAYS.from().plusDays(1));
  private static final String VIEW =
      """
      view: rows
      description: V
      entity: {name: e, keys: {k: string}}
      reads: [raw.events]
      look-back-days: 2
      sql: SELECT k, at AS event_timestamp, known AS known_at, n FROM events
      tie: n
      features:
        n: {type: bigint, description: N}
      validation: v.dqdl
      """;

  @TempDir private Path home;
  private LateEvents events;

  @BeforeEach
  void makeTwoDays() {
    events = new LateEvents(home).input();
    define(VIEW);
    TestRooms.run(context(), key(LateEvents.DAYS.startingEarlier(2)), IngestSources::new);
    assertThat(make(FIRST)).isTrue();
    assertThat(make(SECOND)).isTrue();
  }

  @Test
  void layoutIsNoChange() {
    Map<Partition, LedgerEntry> before = entries();

    define(
        """
        # the same rows, by another hand
        """
            + VIEW.replace(
                    "SELECT k, at AS event_timestamp,", "select  k, `at` as event_timestamp,")
                .replace("FROM events", "FROM events -- all")
            + "volume: 10\n");
    events.write("validation/v.dqdl", "Rules = [  # one\n ColumnExists \"n\" ]");

    assertThat(make(FIRST)).isFalse();
    assertThat(make(SECOND)).isFalse();
    assertThat(entries()).isEqualTo(before);
  }

  @Test
  void wordsReachTheTableAndNoRowIsMadeAgain() {
    Map<Partition, LedgerEntry> before = entries();
    events.write(
        "sources/events.yaml",
        """
        table: raw.events
        description: Events
        owner: operations
        inputs: {events: events}
        sql: SELECT * FROM events
        day: day
        columns: {n: How many}
        empty-days: allow
        """);
    define(
        VIEW.replace("description: V\n", "description: W\nowner: us@example.org\ntags: [late, b]\n")
            .replace("description: N", "description: Number"));

    TestRooms.run(context(), key(LateEvents.DAYS.startingEarlier(2)), IngestSources::new);
    boolean isMade = make(FIRST);
    long described = version();
    boolean isMadeAgain = make(SECOND);

    assertThat(List.of(isMade, isMadeAgain)).containsOnly(false);
    assertThat(entries()).isEqualTo(before);
    assertThat(version()).as("said once").isEqualTo(described);
    Row detail = detail(TABLE);
    assertThat(detail.<String>getAs("description")).isEqualTo("W");
    assertThat(detail.<String, String>getJavaMap(detail.fieldIndex("properties")))
        .containsEntry("millrace.owner", "us@example.org")
        .containsEntry("millrace.tags", "late,b")
        .containsEntry("delta.logRetentionDuration", "interval 400 days");
    assertThat(comments(TABLE)).containsEntry("n", "Number").containsEntry("k", "Key of e");
    assertThat(detail("raw.events").<String>getAs("description")).isEqualTo("Events");
    assertThat(comments("raw.events")).containsEntry("n", "How many");
  }

  @Test
  void ownerWhoIsGoneLeavesNoTrace() {
    define(VIEW + "owner: us\n");
    make(FIRST);
    define(VIEW);

    make(FIRST);

    Row detail = detail(TABLE);
    assertThat(detail.<String, String>getJavaMap(detail.fieldIndex("properties")))
        .doesNotContainKey("millrace.owner");
  }

  @Test
  void anAddedColumnIsThereFromTheDayOnWhichItWasMade() {
    List<String> first = rows(FIRST, "n");
    List<String> second = rows(SECOND, "n");

    define(
        VIEW.replace("n FROM", "n, n * 2 AS twice FROM")
            .replace("features:\n", "features:\n  twice: {type: double, description: Twice}\n"));
    assertThat(make(SECOND)).isTrue();

    assertThat(rows(FIRST, "n")).isEqualTo(first);
    assertThat(rows(FIRST, "twice")).containsOnly("[null]");
    assertThat(rows(SECOND, "n")).isEqualTo(second);
    assertThat(rows(SECOND, "twice")).doesNotContain("[null]").hasSameSizeAs(second);
    assertThat(comments(TABLE)).containsEntry("twice", "Twice");
    assertThat(make(FIRST)).isTrue();
    assertThat(rows(FIRST, "twice")).doesNotContain("[null]").hasSameSizeAs(first);
  }

  @Test
  void aColumnThatIsTakenAwayStaysOfOlderDays() {
    define(
        VIEW.replace("n FROM", "n, n * 2 AS twice FROM")
            .replace("features:\n", "features:\n  twice: {type: double, description: Twice}\n"));
    make(FIRST);
    make(SECOND);
    List<String> second = rows(SECOND, "n");

    define(VIEW);
    assertThat(make(SECOND)).isTrue();

    assertThat(rows(FIRST, "twice")).doesNotContain("[null]");
    assertThat(rows(SECOND, "twice")).containsOnly("[null]");
    assertThat(rows(SECOND, "n")).isEqualTo(second);
  }

  @Test
  void anotherTypeThatKeepsEveryValueIsTakenByTheWholeTable() {
    List<String> first = rows(FIRST, "n");
    List<String> second = rows(SECOND, "n");
    LedgerEntry was = first();
    define(VIEW.replace("type: bigint", "type: string"));

    assertThat(make(SECOND)).isTrue();

    assertThat(type("n")).isEqualTo("string");
    assertThat(comments(TABLE)).containsEntry("n", "N").containsEntry("k", "Key of e");
    assertThat(rows(FIRST, "n")).isEqualTo(first);
    assertThat(rows(SECOND, "n")).isEqualTo(second);
    assertThat(first()).as("is what it was, and the table agrees").isEqualTo(was);
    assertThat(make(FIRST)).as("is of an older definition").isTrue();
    assertThat(make(SECOND)).isFalse();
  }

  @Test
  void aTypeThatAnotherRunStandsInTheWayOfLeavesOtherViewsTheirTurn() {
    List<String> second = rows(SECOND, "n");
    define(VIEW.replace("type: bigint", "type: string"));
    events.write("features/z.yaml", VIEW.replace("view: rows", "view: z"));
    Claim other = new Claim(TABLE, DayRange.of(LateEvents.DAYS.to()));
    try (Lease lease =
        context().leases().acquire(key(FIRST), "other", List.of(other), Duration.ZERO)) {
      assertThatThrownBy(() -> make(SECOND))
          .isInstanceOfSatisfying(
              MillraceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.BUSY))
          .hasMessageContaining("features.rows");
      lease.requireHeld();
    }

    assertThat(rows(SECOND, "n")).isEqualTo(second);
    assertThat(context().ledger().entries("features.z")).containsOnlyKeys(SECOND.from());
    assertThat(make(SECOND)).as("what is left").isTrue();
    assertThat(type("n")).isEqualTo("string");
  }

  @Test
  void rowsThatWereWrittenAgainStayOfTheRunThatMadeThem() {
    LedgerEntry was = first();
    define(VIEW.replace("type: bigint", "type: double"));
    make(SECOND);
    define(VIEW.replace("type: bigint", "type: string"));
    make(SECOND);
    assertThat(first()).isEqualTo(was);
    DeltaTable.forPath(context().spark(), context().lake().path("ops.ledger"))
        .delete("object = '" + TABLE + "'");

    JobContext context = context();
    JobResult published =
        new Doctor(context.lake(), context.leases(), "a test", (room, text) -> {})
            .run(new DoctorRequest(false, Optional.of(key(SECOND).toString()), Optional.empty()));
    assertThat(published.message())
        .as("rewritten days are not of that run")
        .contains("in the ledger")
        .doesNotContain("in part");
    JobResult rebuilt =
        new Doctor(context.lake(), context.leases(), "a test", (room, text) -> {})
            .run(new DoctorRequest(true, Optional.empty(), Optional.empty()));

    assertThat(rebuilt.exitCode()).as(rebuilt.message()).isZero();
    LedgerEntry made = first();
    assertThat(List.of(made.runKey(), made.attempt(), made.output()))
        .isEqualTo(List.of(was.runKey(), was.attempt(), was.output()));
    assertThat(make(SECOND)).isFalse();
  }

  @Test
  void anotherTypeThatLosesValuesOfOtherDaysIsRefusedAndNothingIsLost() {
    List<String> first = rows(FIRST, "n");
    List<String> second = rows(SECOND, "n");
    long version = version();
    define(VIEW.replace("type: bigint", "type: boolean"));

    assertThatThrownBy(() -> make(SECOND))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageStartingWith(
            "Cannot write features.rows of " + SECOND + ": column n is BIGINT in features.rows@v")
        .hasMessageContaining(
            ", and BOOLEAN in its definition, and " + first.size() + " rows of other days, within ")
        .hasMessageEndingWith(
            FIRST
                + ", would lose their value; make these days in the same run, or give the column"
                + " another name");

    assertThat(version()).isEqualTo(version);
    assertThat(rows(SECOND, "n")).isEqualTo(second);
    assertThat(make(LateEvents.DAYS.startingEarlier(0))).as("all days at once").isTrue();
    assertThat(type("n")).isEqualTo("boolean");
  }

  @Test
  void aTypeThatNoValueCanBeCastToIsTakenIfAllDaysAreMadeAgain() {
    define(
        VIEW.replace("type: bigint", "type: date")
            .replace("n FROM", "DATE '2013-01-01' AS n FROM"));

    assertThatThrownBy(() -> make(SECOND)).hasMessageContaining("would lose their value");
    assertThat(make(LateEvents.DAYS)).isTrue();

    assertThat(type("n")).isEqualTo("date");
    assertThat(rows(FIRST, "n")).containsOnly("[2013-01-01]");
  }

  @Test
  void partialAggregatesOfAnotherTypeAreTakenAwayAndTheLedgerKnows() {
    String windowed =
        VIEW.replace("tie: n\n", "event-id: id\n").replace("n FROM", "n AS id, n FROM")
            + "partial-aggregates: daily\naggregates:\n  most: {of: max(n) over 3d, type: bigint, description: M}\n";
    define(windowed);
    make(FIRST);
    make(SECOND);
    assertThat(context().ledger().entries(TABLE + "_daily")).hasSize(2);

    define(windowed.replace("type: bigint", "type: double"));
    assertThat(make(SECOND)).isTrue();

    JobContext context = context();
    assertThat(context.ledger().agreed(context.ledger().entries(TABLE))).hasSize(2);
    NavigableMap<LocalDate, LedgerEntry> daily = context.ledger().entries(TABLE + "_daily");
    assertThat(context.ledger().agreed(daily)).hasSize(2);
    assertThat(daily.firstEntry().getValue().rows()).isEqualTo(RowCounts.NONE);
    assertThat(daily.lastEntry().getValue().rows().accepted()).isPositive();
    assertThat(make(FIRST)).isTrue();
  }

  @Test
  void aDayThatWasChangedOutsideStaysSoInATableOfAnotherType() {
    LedgerEntry was = first();
    JobContext context = context();
    DeltaTable.forPath(context.spark(), context.lake().path(TABLE))
        .delete("known_date = DATE '" + FIRST.from() + "'");
    define(VIEW.replace("type: bigint", "type: string"));

    assertThat(make(SECOND)).isTrue();

    assertThat(entries()).containsValue(was);
    assertThat(context().ledger().difference(was)).isPresent();
  }

  private void define(String view) {
    events.write("features/rows.yaml", view);
  }

  /** Whether anything was made. */
  private boolean make(DayRange days) {
    TestRooms.run(context(), key(days), MaterializeFeatures::new);
    return !TestRooms.run(context(), key(days), ValidateFeatures::new).isIdle();
  }

  private List<String> rows(DayRange days, String column) {
    JobContext context = context();
    LocalDate day = days.from();
    return context
        .lake()
        .read(context.lake().require(TABLE, "validate"))
        .where("known_date = DATE '" + day + "'")
        .select(column)
        .collectAsList()
        .stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  private Map<Partition, LedgerEntry> entries() {
    return new TreeMap<>(context().ledger().partitions(TABLE));
  }

  private long version() {
    return current().version();
  }

  private LedgerEntry first() {
    return context().ledger().require(TABLE, Partition.of(FIRST.from()), "validate");
  }

  private TableVersion current() {
    return context().lake().current(TABLE).orElseThrow();
  }

  private String type(String column) {
    return context().lake().read(current()).schema().apply(column).dataType().typeName();
  }

  private Row detail(String table) {
    JobContext context = context();
    return DeltaTable.forPath(context.spark(), context.lake().path(table)).detail().first();
  }

  private Map<String, String> comments(String table) {
    JobContext context = context();
    StructType schema =
        DeltaTable.forPath(context.spark(), context.lake().path(table)).toDF().schema();
    Map<String, String> comments = new TreeMap<>();
    for (var field : schema.fields()) {
      field.getComment().foreach(comment -> comments.put(field.name(), comment));
    }

    return comments;
  }

  private static RunKey key(DayRange days) {
    return TestRooms.key("changes", days.from().toString(), days.to().toString());
  }

  private JobContext context() {
    return TestRooms.context(
        home.resolve("lake"),
        events.pipeline(),
        () -> {
          throw new IllegalStateException("this test has no registry");
        });
  }
}
