package org.millrace.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;

/** The standing rules of raw tables, and what a source that breaks one does to the others. */
@Tag("slow")
class TestRawTableRules {
  private static final String DAY = "2024-01-01";

  @TempDir Path home;

  private SourceDirectory sources;

  @BeforeEach
  void makeSources() {
    sources = new SourceDirectory(home);
    sources.source("t");
  }

  @Test
  void rowsWithoutADayAreRefusedUnlessTheSourceDropsThem() {
    sources.file("t", "f", "('2024-01-01', 1, 1.0)", "(null, 2, 2.0)", "(null, 3, 3.0)");

    assertBroken(DAY)
        .hasMessage(
            "Cannot fill raw.t: 2 rows have no d, 0 allowed; correct its files or SQL, or set"
                + " 'null-days: drop' to leave such rows out");
    assertThat(sources.context().lake().exists("raw.t")).isFalse();

    sources.source("t", "null-days: drop");
    JobResult result = sources.ingest(DAY, DAY);
    assertThat(result.counts())
        .containsEntry("rows_in", 3L)
        .containsEntry("rows_out", 1L)
        .containsEntry("rows_quarantined", 0L)
        .containsEntry("rows_refused", 2L);
    assertThat(sources.rows("raw.t", "k")).containsExactly("1");
  }

  @Test
  void aDayOfTenTimesItsUsualRowsIsRefused() {
    fillSevenDays();
    sources.day("t", "2024-01-08", 210);

    assertBroken("2024-01-08")
        .hasMessage(
            "Cannot fill raw.t: 2024-01-08 has 210 rows, at least 10 times the 21 that its days"
                + " before usually have; correct its files, or set 'volume: off' or a larger number"
                + " if such days are right");

    sources.source("t", "volume: 11");
    assertThat(sources.ingest("2024-01-08", "2024-01-08").rows()).containsEntry("raw.t", 210L);
    sources.day("t", "2024-01-09", 1000);
    sources.source("t", "volume: off");
    assertThat(sources.ingest("2024-01-09", "2024-01-09").rows()).containsEntry("raw.t", 1000L);
  }

  @Test
  void aDayOfLessThanATenthOfItsUsualRowsIsFilledWithAWarning() {
    fillSevenDays();
    sources.day("t", "2024-01-08", 2);
    sources.day("t", "2024-01-09", 3);

    sources.ingest("2024-01-08", "2024-01-09");

    assertThat(verdict("2024-01-07")).isEqualTo("PASS");
    assertThat(verdict("2024-01-08")).isEqualTo("WARN");
    assertThat(verdict("2024-01-09")).isEqualTo("PASS");
  }

  @Test
  void daysOfOneRunAreTheUsualOfThoseAfterThem() {
    fillSevenDayFiles();
    sources.day("t", "2024-01-08", 500);

    assertThatThrownBy(() -> sources.ingest("2024-01-01", "2024-01-08"))
        .hasMessageContaining("2024-01-08 has 500 rows, at least 10 times the 21");
  }

  @Test
  void aKeyTwiceOnADayIsRefused() {
    sources.source("t", "keys: [k]");
    sources.file("t", "a", "('2024-01-01', 1, 1.0)", "('2024-01-02', 1, 1.0)");
    assertThat(sources.ingest(DAY, "2024-01-02").rows()).containsEntry("raw.t", 2L);

    sources.file("t", "b", "('2024-01-02', 1, 2.0)", "('2024-01-02', 1, 3.0)");
    assertBroken("2024-01-02")
        .hasMessage(
            "Cannot fill raw.t: of 2024-01-02, 2 rows repeat another's k, 0 allowed; correct its"
                + " files or SQL, or take 'keys' out");
  }

  @Test
  void aKeyThatIsNullIsRefused() {
    sources.source("t", "keys: [k]");
    sources.file("t", "a", "('2024-01-01', 1, 1.0)", "('2024-01-01', null, 1.0)");

    assertBroken(DAY).hasMessageContaining("of 2024-01-01, 1 rows have a null in k, 0 allowed");
  }

  @Test
  void anInfiniteNumberIsRefusedUnlessTheSourceAllowsIt() {
    sources.file("t", "a", "('2024-01-01', 1, '-Infinity')", "('2024-01-01', 2, 'NaN')");

    assertBroken(DAY)
        .hasMessage(
            "Cannot fill raw.t: of 2024-01-01, 1 rows have an infinite number, such as in x, 0"
                + " allowed; correct its files or SQL, or set 'infinities: allow'");

    sources.source("t", "infinities: allow");
    assertThat(sources.ingest(DAY, DAY).rows()).containsEntry("raw.t", 2L);
  }

  @Test
  void aColumnOfAnotherTypeBreaksTheContract() {
    sources.day("t", DAY, 1);
    sources.ingest(DAY, DAY);
    sources.source("t", "# again");
    sources.query("t", DAY, "SELECT DATE'2024-01-01' AS d, 'one' AS k, 1.0D AS x");

    assertBroken(DAY).hasMessageStartingWith("Cannot fill raw.t: ").hasMessageContaining("'k'");
  }

  @Test
  void sourcesThatFailKeepWhatTheOthersFinished() throws IOException {
    sources.day("t", DAY, 1);
    sources.source("a");
    sources.source("damaged");
    sources.source("none");
    sources.source("z");
    sources.day("a", DAY, 2);
    sources.day("z", DAY, 3);
    sources.day("damaged", DAY, 1);
    Path file = sources.path("damaged", DAY);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertBroken(DAY)
        .hasMessageStartingWith(
            "Cannot fill 2 of 5 raw tables (raw.damaged, raw.none): Cannot read input 'damaged' of"
                + " raw.damaged: ")
        .hasMessageContaining(" is cut short: its ")
        .hasMessageContaining("none: nothing is there; check the path, or wait for its producer");
    assertThat(sources.rows("raw.a", "k")).hasSize(2);
    assertThat(sources.rows("raw.z", "k")).hasSize(3);
    assertThat(sources.context().ledger().entry("raw.z", LocalDate.parse(DAY))).isPresent();
    assertThat(sources.context().ledger().entry("raw.none", LocalDate.parse(DAY))).isEmpty();
  }

  @Test
  void aFileThatIsNoParquetFileIsNamedWithWhatItStartsWith() throws IOException {
    sources.day("t", DAY, 1);
    Path csv = sources.path("t", DAY).resolveSibling("more.txt");
    Files.writeString(csv, "d,k,v\n2024-01-01,1,1.0\n");

    assertBroken(DAY)
        .hasMessageContaining(
            "Cannot read input 't' of raw.t: "
                + csv
                + " is no Parquet file, it starts with 'd,k,'; inputs are Parquet files unless"
                + " their names or 'format' specify another format: convert it, or move it away");

    Files.writeString(csv, "");
    assertBroken(DAY).hasMessageContaining(csv + " is empty; inputs are Parquet files unless ");
  }

  @Test
  void aDayThatIsNoDateIsAWrongDefinition() {
    sources.query("t", "f", "SELECT TIMESTAMP'2024-01-01 00:00:00' AS d, 1 AS k");

    assertThatThrownBy(() -> sources.ingest(DAY, DAY))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessage(
            "Cannot fill raw.t: its day d is a TIMESTAMP, not a DATE; correct 'sql', 'day' or"
                + " 'keys'");
  }

  @Test
  void anEmptySourceDoesNotEmptyATableWithoutDaysUnlessItMay() {
    sources.table("t");
    sources.day("t", "f", DAY, 2);
    sources.ingest(DAY, DAY);
    sources.day("t", "f", DAY, 0);

    assertThatThrownBy(() -> sources.ingest(DAY, DAY))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INPUT_MISSING))
        .hasMessageContaining(
            "Cannot fill raw.t: its source has no rows at all; run again when they have arrived, or"
                + " set 'empty-days: allow' if that is normal");
    assertThat(sources.rows("raw.t", "k")).containsExactly("0", "1");

    sources.table("t", "empty-days: allow");
    sources.ingest(DAY, DAY);
    assertThat(sources.rows("raw.t", "k")).isEmpty();
  }

  private void fillSevenDays() {
    fillSevenDayFiles();
    sources.ingest("2024-01-01", "2024-01-07");
  }

  private void fillSevenDayFiles() {
    sources.query(
        "t",
        "week",
        "SELECT date_add(DATE'2024-01-01', CAST(id % 7 AS INT)) AS d, CAST(id AS INT) AS k,"
            + " 1.0D AS x FROM range(147)");
  }

  private String verdict(String day) {
    return sources.context().ledger().entry("raw.t", LocalDate.parse(day)).orElseThrow().verdict();
  }

  private AbstractThrowableAssert<?, ?> assertBroken(String day) {
    return assertThatThrownBy(() -> sources.ingest(day, day))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT));
  }
}
