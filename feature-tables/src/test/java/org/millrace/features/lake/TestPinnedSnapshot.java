package org.millrace.features.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.features.lake.DayTable.TABLE;
import static org.millrace.features.lake.DayTable.day;
import static org.millrace.features.lake.DayTable.note;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;

/** Versions whose files the driver knows, against Delta's own snapshots. */
@Tag("slow")
class TestPinnedSnapshot {
  private static final List<String> CONDITIONS =
      List.of(
          "true",
          "day = DATE'2013-01-02'",
          "number >= 40",
          "number >= 40 AND day > DATE'2013-01-04'",
          "number IS NULL",
          "day = DATE'2013-01-01' OR number = 51",
          "false");

  @TempDir Path parent;
  private Path folder;
  private DayTable table;

  @BeforeEach
  void open() {
    folder = parent.resolve("lake");
    table = new DayTable(folder.toString());
  }

  private void write(int day, long... numbers) {
    table.writer().replaceDays(table.rows(day, numbers), DayRange.of(day(day)), note("write"));
  }

  private void sql(String text) {
    table.spark().sql(text.formatted("delta.`" + table.lake.path(TABLE) + "`")).collect();
  }

  private TableVersion version(long number) {
    return new TableVersion(TABLE, table.lake.path(TABLE), number);
  }

  private Dataset<Row> deltas(long number) {
    return table
        .spark()
        .read()
        .format("delta")
        .option("versionAsOf", number)
        .load(table.lake.path(TABLE));
  }

  private void assertAsDelta(long number) {
    for (String condition : CONDITIONS) {
      Dataset<Row> ours = table.lake.read(version(number)).where(condition);
      Dataset<Row> deltas = deltas(number).where(condition);
      assertThat(ours.schema()).isEqualTo(deltas.schema());
      assertThat(ours.collectAsList())
          .as("v%s, %s", number, condition)
          .containsExactlyInAnyOrderElementsOf(deltas.collectAsList());
      assertThat(ours.inputFiles())
          .as("files of v%s, %s", number, condition)
          .containsExactlyInAnyOrder(deltas.inputFiles());
    }
  }

  @Test
  void rowsAndChosenFilesAreThoseOfDelta() {
    for (int i = 1; i <= 6; i++) {
      write(i, 10L * i, 10L * i + 1);
      write(i, 10L * i, 10L * i + 1, 10L * i + 2);
    }
    sql("INSERT INTO %s VALUES (DATE'2013-01-03', NULL)");
    sql("ALTER TABLE %s SET TBLPROPERTIES (delta.enableDeletionVectors = true)");
    sql("DELETE FROM %s WHERE number = 51");

    assertThat(PinnedSnapshot.of(table.spark(), version(15))).isPresent();
    for (long number : new long[] {0, 7, 13, 15}) {
      assertAsDelta(number);
    }
  }

  @Test
  void statisticsLeaveFilesOut() {
    write(1, 1, 2);
    write(2, 3, 4);

    assertThat(table.lake.read(version(2)).where("number > 2").inputFiles()).hasSize(1);
  }

  @Test
  void whatOnlyDeltaReadsItReads() throws IOException {
    write(1, 1, 2, 3);
    sql(
        "ALTER TABLE %s SET TBLPROPERTIES"
            + " (delta.enableDeletionVectors = true, delta.checkpointInterval = 3)");
    sql("DELETE FROM %s WHERE number = 2");
    write(2, 20);
    readElsewhere();

    assertThat(PinnedSnapshot.of(table.spark(), version(3))).isEmpty();
    assertAsDelta(3);
    assertAsDelta(4);
    assertThat(PinnedSnapshot.of(table.spark(), version(5))).isEmpty();
    assertThatThrownBy(() -> table.lake.read(version(5)).count())
        .hasMessageContaining("Cannot time travel");
  }

  @Test
  void aVersionIsNotReadSoUnlessItsChecksumFileAgrees() throws IOException {
    write(1, 1, 2);
    write(2, 3, 4);
    readElsewhere();
    assertThat(PinnedSnapshot.of(table.spark(), version(2))).isPresent();
    readElsewhere();
    Path log = Path.of(table.lake.path(TABLE), "_delta_log");
    Path checksum = log.resolve("00000000000000000002.crc");
    Files.writeString(
        checksum, Files.readString(checksum).replace("\"numFiles\":2", "\"numFiles\":3"));
    Files.deleteIfExists(log.resolve(".00000000000000000002.crc.crc"));

    assertThat(PinnedSnapshot.of(table.spark(), version(2))).isEmpty();

    readElsewhere();
    Files.delete(Path.of(table.lake.path(TABLE), "_delta_log", "00000000000000000002.crc"));
    assertThat(PinnedSnapshot.of(table.spark(), version(2))).isEmpty();
    assertThat(table.content()).containsExactly("1:1", "1:2", "2:3", "2:4");
  }

  /** Goes on with a copy of which this program has read nothing yet. */
  private void readElsewhere() throws IOException {
    Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
    FileUtils.copyDirectory(folder.toFile(), copy.toFile());
    folder = copy;
    table = new DayTable(copy.toString());
  }

  @Test
  void choosingFilesStartsNoSparkJob() throws Exception {
    write(1, 1);
    write(2, 2);
    int choosing =
        table.jobsOf(
            () -> {
              for (String condition : CONDITIONS) {
                table.lake.read(version(2)).where(condition).queryExecution().executedPlan();
              }
            });
    assertThat(choosing).isZero();
    int ofDelta =
        table.jobsOf(
            () -> deltas(1).where("day = DATE'2013-01-01'").queryExecution().executedPlan());
    assertThat(ofDelta).isPositive();
  }

  @Test
  void fencingNumbersAreFoundAmongManyWithAndWithoutChecksumFiles() throws IOException {
    write(1, 1);
    TreeMap<String, Long> numbers = new TreeMap<>();
    for (int i = 0; i < 150; i++) {
      numbers.put("lease/" + i, 100L + i);
    }
    table.writer().takeFence(new Fence(numbers), note("fence"));
    write(2, 2);

    assertFenced();
    try (Stream<Path> files = Files.list(Path.of(table.lake.path(TABLE), "_delta_log"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".crc")).toList()) {
        Files.delete(file);
      }
    }
    assertFenced();
    assertThat(table.content()).containsExactly("1:1", "2:2");
  }

  /** These tests do not run in UTC, where Delta by default reads the state after each commit. */
  @Test
  void aCommitReadsNoStateInWhateverZoneTheMachineIs() throws Exception {
    assertThat(ZoneId.systemDefault()).isNotIn(ZoneId.of("UTC"), ZoneId.of("Etc/UTC"));
    write(1, 1);

    assertThat(table.jobsOf(() -> write(2, 2))).as("the rows alone").isEqualTo(1);
  }

  private void assertFenced() {
    Fence lower = new Fence(Map.of("lease/149", 248L));
    assertThatThrownBy(
            () ->
                table
                    .writer()
                    .fencedBy(lower)
                    .replaceDays(table.rows(1, 7), DayRange.of(day(1)), note("late")))
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.BUSY))
        .hasMessageContaining("fencing number 248 vs 249");
  }
}
