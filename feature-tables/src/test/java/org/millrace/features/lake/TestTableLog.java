package org.millrace.features.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.millrace.features.lake.DayTable.TABLE;
import static org.millrace.features.lake.DayTable.day;
import static org.millrace.features.lake.DayTable.note;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;

@Tag("slow")
final class TestTableLog {
  @TempDir Path folder;
  private DayTable table;

  @BeforeEach
  void open() {
    table = new DayTable(folder.toString());
  }

  @Test
  void absentTableHasNoVersion() {
    assertThat(table.log().newest()).isEmpty();
    assertThat(table.log().note(0)).isEmpty();
    assertThatThrownBy(() -> table.log().rowsByDay(0))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("its newest version is -1")
        .extracting("category")
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  @Test
  void rowsOfEachDayAtEachVersionAcrossACheckpoint() throws IOException {
    for (int i = 1; i <= 6; i++) {
      write(i, 1, 2);
      write(i, 1, 2, 3);
    }

    // version 0 makes the table; 2 i - 1 writes two rows of day i, 2 i replaces them by three
    assertThat(logFile("00000000000000000010.checkpoint.parquet")).exists();
    assertThat(table.log().rowsByDay(12)).hasSize(6).containsEntry(day(6), OptionalLong.of(3));
    assertThat(table.log().rowsByDay(11)).hasSize(6).containsEntry(day(6), OptionalLong.of(2));
    assertThat(table.log().rowsByDay(9)).hasSize(5).containsEntry(day(5), OptionalLong.of(2));
    assertThat(table.log().rowsByDay(0)).isEmpty();
    assertThat(table.log().rows(12)).hasValue(18);
    assertThat(table.log().touches(12).of(Partition.of(day(2)))).isEqualTo(touch(4));
    assertThat(table.log().touches(3).of(Partition.of(day(2)))).isEqualTo(touch(3));
    assertThat(table.log().touches(2).of(Partition.of(day(2)))).isEqualTo(new Touch.Never());
    assertThat(table.log().touches(7).of(Partition.whole())).isEqualTo(touch(7));

    for (int version = 0; version < 8; version++) {
      Files.delete(logFile("%020d.json".formatted(version)));
    }

    assertThat(table.log().newest()).hasValue(12);
    assertThat(table.log().rowsByDay(12)).hasSize(6).containsEntry(day(1), OptionalLong.of(3));
    assertThat(table.log().touches(12).of(Partition.of(day(4)))).isEqualTo(touch(8));
    assertThat(table.log().touches(12).of(Partition.of(day(2)))).isEqualTo(new Touch.Forgotten(8));
    assertThat(table.log().note(3)).isEmpty();

    Files.delete(logFile("00000000000000000011.json"));
    String missing =
        "00000000000000000011.json is missing after 00000000000000000010.json"
            + " and before 00000000000000000012.json";
    assertMissing(() -> table.log().touches(12).of(Partition.of(day(2))), missing);
    assertMissing(() -> table.log().rowsByDay(12), missing);
  }

  @Test
  void deletedRowsOfAFileAreNotCounted() {
    write(1, 1, 2, 3);
    sql("ALTER TABLE %s SET TBLPROPERTIES (delta.enableDeletionVectors = true)");
    sql("DELETE FROM %s WHERE number = 2");
    sql("DELETE FROM %s WHERE number = 3");
    assertThat(table.log().rowsByDay(4)).containsExactly(entry(day(1), OptionalLong.of(1)));
    assertThat(table.log().rowsByDay(3)).containsExactly(entry(day(1), OptionalLong.of(2)));
    assertThat(table.log().touches(4).of(Partition.of(day(1))))
        .isEqualTo(new Touch.Commit(4, Optional.empty()));
  }

  @Test
  void deletedRowsAreNotCountedFromACheckpointEither() throws IOException {
    write(1, 1, 2, 3);
    sql(
        "ALTER TABLE %s SET TBLPROPERTIES"
            + " (delta.enableDeletionVectors = true, delta.checkpointInterval = 3)");
    sql("DELETE FROM %s WHERE number = 2");
    assertThat(logFile("00000000000000000003.checkpoint.parquet")).exists();
    assertThat(table.log().rowsByDay(3)).containsExactly(entry(day(1), OptionalLong.of(2)));
    sql("DELETE FROM %s WHERE number = 3");
    assertThat(table.log().rowsByDay(4)).containsExactly(entry(day(1), OptionalLong.of(1)));
  }

  @Test
  void rowsOfAFileWithoutStatisticsAreUnknown() {
    write(1, 1);
    String collect = "spark.databricks.delta.stats.collect";
    table.spark().conf().set(collect, "false");
    try {
      write(2, 2);
    } finally {
      table.spark().conf().unset(collect);
    }

    assertThat(table.log().rowsByDay(2))
        .containsExactly(entry(day(1), OptionalLong.of(1)), entry(day(2), OptionalLong.empty()));
    assertThat(table.log().rows(2)).isEmpty();
  }

  @Test
  void theNoteOfACommitIsReadOnceForAllItsDays() {
    table.writer().append(table.rows(1, 5).union(table.rows(2, 6)), note("first"));

    PartitionTouches touches = table.log().touches(1);

    Touch.Commit one = (Touch.Commit) touches.of(Partition.of(day(1)));
    assertThat(one.ours()).contains(note("first"));
    assertThat(((Touch.Commit) touches.of(Partition.of(day(2)))).ours()).isSameAs(one.ours());
  }

  @Test
  void compactionIsNoTouch() {
    table.writer().append(table.rows(1, 1), note("first"));
    table.writer().append(table.rows(1, 2), note("second"));
    sql("OPTIMIZE %s");
    assertThat(table.log().newest()).hasValue(3);
    assertThat(table.log().touches(3).of(Partition.of(day(1))))
        .isEqualTo(new Touch.Commit(2, Optional.of(note("second"))));
    assertThat(table.log().rowsByDay(3)).containsExactly(entry(day(1), OptionalLong.of(2)));
    sql("DELETE FROM %s WHERE day = DATE'2013-01-01'");
    assertThat(table.log().touches(4).of(Partition.of(day(1))))
        .isEqualTo(new Touch.Commit(4, Optional.empty()));
    assertThat(table.log().rowsByDay(4)).isEmpty();
  }

  @Test
  void rowsWithoutADayAreRefused() {
    write(1, 1);
    sql("INSERT INTO %s VALUES (NULL, 7)");
    assertThatThrownBy(() -> table.log().rowsByDay(2))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("a file has day 'null' vs a date")
        .extracting("category")
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
    assertThat(table.log().rows(2)).hasValue(2);
  }

  @Test
  void tableThatWasMadeAnewIsNotTakenForTheOldOne() throws IOException {
    write(1, 1);
    write(2, 2);
    assertThat(table.log().rowsByDay(2)).hasSize(2);
    try (Stream<Path> files = Files.walk(Path.of(table.lake.path(TABLE)))) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }

    write(5, 5);
    write(6, 6, 7);
    assertThat(table.log().rowsByDay(2))
        .containsExactly(entry(day(5), OptionalLong.of(1)), entry(day(6), OptionalLong.of(2)));
    assertThat(table.log().touches(2).of(Partition.of(day(2)))).isEqualTo(new Touch.Never());
  }

  @Test
  void askingStartsNoSparkJob() throws Exception {
    write(1, 1);
    int asking =
        table.jobsOf(
            () -> {
              table.log().newest();
              table.log().rowsByDay(1);
              table.log().touches(1).of(Partition.of(day(1)));
              table.log().note(1);
            });
    assertThat(asking).isZero();
    assertThat(table.jobsOf(table::content)).isPositive();
  }

  private void write(int day, long... numbers) {
    table.writer().replaceDays(table.rows(day, numbers), DayRange.of(day(day)), note("write"));
  }

  private void sql(String text) {
    table.spark().sql(text.formatted("delta.`" + table.lake.path(TABLE) + "`")).collect();
  }

  private Path logFile(String name) {
    return Path.of(table.lake.path(TABLE), "_delta_log", name);
  }

  private static Touch touch(long version) {
    return new Touch.Commit(version, Optional.of(note("write")));
  }

  private static void assertMissing(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String files) {
    assertThatThrownBy(call)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(files)
        .extracting("category")
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }
}
