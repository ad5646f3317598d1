package org.millrace.jobs.ingest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.doctor.Doctor;
import org.millrace.jobs.doctor.DoctorRequest;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;

/** What another type of a source's column does to days that were filled before. */
@Tag("slow")
class TestRetypedSource {
  private static final String FIRST = "2024-01-01";
  private static final String LAST = "2024-01-03";

  @TempDir Path home;

  private SourceDirectory sources;
  private Map<Partition, LedgerEntry> before;

  @BeforeEach
  void fillThreeDays() {
    sources = new SourceDirectory(home);
    sources.source("t");
    sources.file(
        "t", "all", "('2024-01-01', 1, 1.0)", "('2024-01-02', 2, 2.5)", "('2024-01-03', 3, 3)");
    assertDone(sources.ingest(FIRST, LAST));
    before = Map.copyOf(sources.context().ledger().partitions("raw.t"));
  }

  private static void assertDone(JobResult result) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.DONE);
  }

  private void define(String columns) {
    sources.sql("t", "SELECT " + columns + " FROM t", "day: d");
  }

  private String type(String column) {
    JobContext context = sources.context();
    return context
        .lake()
        .read(context.lake().require("raw.t", "ingest"))
        .schema()
        .apply(column)
        .dataType()
        .typeName();
  }

  private Map<Partition, LedgerEntry> entries() {
    return sources.context().ledger().partitions("raw.t");
  }

  private static Partition day(String date) {
    return Partition.of(LocalDate.parse(date));
  }

  @Test
  void aTypeThatKeepsEveryValueIsTakenByTheWholeTable() {
    define("d, CAST(k AS BIGINT) * 10000000000 AS k, x");

    assertDone(sources.ingest(LAST, LAST));

    assertThat(type("k")).isEqualTo("long");
    assertThat(sources.rows("raw.t", "d", "k"))
        .containsExactly("2024-01-011", "2024-01-022", "2024-01-0330000000000");
    assertThat(entries().get(day(FIRST))).isEqualTo(before.get(day(FIRST)));
    assertThat(entries().get(day(LAST))).isNotEqualTo(before.get(day(LAST)));
    assertThat(sources.ingest(LAST, LAST).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    JobContext context = sources.context();
    assertThat(context.ledger().difference(requireNonNull(entries().get(day(FIRST)), "no entry")))
        .isEmpty();
    JobResult doctor =
        new Doctor(context.lake(), context.leases(), "a test", (room, text) -> {})
            .run(new DoctorRequest(false, Optional.empty(), Optional.empty()));
    assertThat(doctor.exitCode()).as(doctor.message()).isZero();

    assertDone(sources.ingest(FIRST, LAST)); // the older definition's, when a command names them
    assertThat(sources.rows("raw.t", "k"))
        .containsExactly("10000000000", "20000000000", "30000000000");
  }

  @Test
  void daysWithAHoleBetweenThemAreMadeInTheCommitThatCastsTheOthers() {
    define("d, k, CAST(x * 10 AS STRING) AS x");

    assertDone(sources.ingest(FIRST, FIRST));
    define("d, k, x * 100 AS x");
    assertDone(ingestAllBut("2024-01-02"));

    assertThat(type("x")).isEqualTo("double");
    assertThat(sources.rows("raw.t", "d", "x"))
        .containsExactly("2024-01-01100.0", "2024-01-022.5", "2024-01-03300.0");
    assertThat(entries().get(day("2024-01-02"))).isEqualTo(before.get(day("2024-01-02")));
  }

  private JobResult ingestAllBut(String left) {
    return TestRooms.line(
        sources.context().within((object, partition) -> !partition.equals(day(left))),
        TestRooms.key("ingest", FIRST, LAST),
        IngestSources::new);
  }

  @Test
  void aTypeThatLosesValuesOfOtherDaysIsRefusedAndNothingIsLost() {
    List<String> rows = sources.rows("raw.t", "*");
    define("d, k, CAST(x AS INT) AS x");

    assertThatThrownBy(() -> sources.ingest(LAST, LAST))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageContaining(
            "Cannot write raw.t of 2024-01-03: column x is DOUBLE in raw.t@v1, and INT in its"
                + " definition, and 1 rows of other days, within 2024-01-02, would lose their value;"
                + " make these days in the same run, or give the column another name");
    assertThat(sources.rows("raw.t", "*")).isEqualTo(rows);
    assertThat(entries()).isEqualTo(before);

    assertDone(sources.ingest("2024-01-02", LAST));
    assertThat(sources.rows("raw.t", "x")).containsExactly("1", "2", "3");
  }

  @Test
  void anotherRunOnOtherDaysIsNotOvertaken() {
    List<String> rows = sources.rows("raw.t", "*");
    define("d, CAST(k AS BIGINT) AS k, x");
    Claim other = new Claim("raw.t", DayRange.of(LocalDate.parse(FIRST)));
    try (Lease lease =
        sources
            .context()
            .leases()
            .acquire(
                TestRooms.key("ingest", FIRST, FIRST), "other", List.of(other), Duration.ZERO)) {
      assertThatThrownBy(() -> sources.ingest(LAST, LAST))
          .isInstanceOfSatisfying(
              MillraceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.BUSY))
          .hasMessageContaining("raw.t");
      lease.requireHeld();
    }

    assertThat(sources.rows("raw.t", "*")).isEqualTo(rows);
    assertDone(sources.ingest(LAST, LAST));
    assertThat(type("k")).isEqualTo("long");
  }
}
