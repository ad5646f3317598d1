package org.millrace.features.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.millrace.features.lake.DayTable.day;
import static org.millrace.features.lake.DayTable.note;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;
import org.millrace.features.lake.LossyLogStore.Fault;

@Tag("slow")
final class TestTableWriter {
  @TempDir Path folder;
  private DayTable table;

  @BeforeEach
  void open() {
    table = new DayTable(folder.toString());
  }

  @AfterEach
  void heal() {
    LossyLogStore.heal();
  }

  @Test
  void eachWriteIsOneCommitWithItsNote() {
    TableVersion first = write(1, 1, 10);
    TableVersion second = table.writer().append(table.rows(2, 20), note("second"));
    TableVersion third = table.writer().replaceAll(table.rows(3, 30), note("third"));
    // version 0 makes the table, with its comments
    assertThat(List.of(first.version(), second.version(), third.version()))
        .containsExactly(1L, 2L, 3L);
    assertThat(table.log().note(2)).hasValue(note("second").toJson());
    assertThat(table.content(second)).containsExactly("1:10", "2:20");
    assertThat(table.content(third)).containsExactly("3:30");
    for (TableVersion version : List.of(first, third)) {
      StructType schema = table.lake.read(version).schema();
      assertThat(schema.apply("number").getComment().get()).isEqualTo("Any number");
    }
  }

  @Test
  void aNewTableKeepsFormerVersionsForMoreThanAYear() {
    TableVersion made = write(1, 1, 10);

    Row detail = DeltaTable.forPath(table.lake.spark(), made.path()).detail().first();
    assertThat(detail.<String, String>getJavaMap(detail.fieldIndex("properties")))
        .containsEntry("delta.logRetentionDuration", "interval 400 days")
        .containsEntry("delta.deletedFileRetentionDuration", "interval 400 days");
  }

  @Test
  void replacesNothingByNothingWithACommitThatSaysSo() {
    TableVersion version = write(1, 2);
    assertThat(table.log().note(version.version())).hasValue(note("write").toJson());
    assertThat(table.content()).isEmpty();
  }

  @Test
  void daysInAHoleAreNotTouched() {
    writeDays(1, 5);
    List<String> third = table.files(3);
    var rows = table.rows(2, 200).union(table.rows(4, 400));
    TableVersion version =
        table
            .writer()
            .replaceDaysAddingColumns(
                rows, List.of(DayRange.of(day(2)), DayRange.of(day(4))), note("holes"));
    assertThat(table.content(version)).containsExactly("1:1", "2:200", "3:3", "4:400", "5:5");
    assertThat(table.files(3)).isEqualTo(third);
    assertThat(table.log().touches(version.version()).of(Partition.of(day(3))))
        .isEqualTo(new Touch.Commit(3, Optional.of(note("write"))));
  }

  @Test
  void rowInAHoleWritesNothing() {
    writeDays(1, 3);
    var rows = table.rows(1, 100).union(table.rows(2, 200)).union(table.rows(3, 300));
    assertThatThrownBy(
            () ->
                table
                    .writer()
                    .replaceDaysAddingColumns(
                        rows, List.of(DayRange.of(day(1)), DayRange.of(day(3))), note("hole")))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "Cannot write features.numbers for 2013-01-01, 2013-01-03: a row lies outside")
        .extracting("category")
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
    assertThat(table.content()).containsExactly("1:1", "2:2", "3:3");
    assertThat(table.log().newest()).hasValue(3);
  }

  @Test
  void otherDaysKeepTheirFiles() {
    writeDays(1, 3);
    List<String> kept = Stream.of(1, 3).flatMap(day -> table.files(day).stream()).toList();
    write(2, 2, 20, 21);
    assertThat(table.content()).containsExactly("1:1", "2:20", "2:21", "3:3");
    assertThat(Stream.of(1, 3).flatMap(day -> table.files(day).stream())).isEqualTo(kept);
  }

  @Test
  void columnsAreAddedOnlyWhereAsked() {
    write(1, 1, 1);
    var wider = table.rows(2, 2).selectExpr("*", "number * 2 AS twice");
    assertThatThrownBy(() -> table.writer().replaceDays(wider, DayRange.of(day(2)), note("strict")))
        .hasMessageContaining("schema mismatch");
    TableVersion version =
        table.writer().replaceDaysAddingColumns(wider, DayRange.of(day(2)), note("wider"));
    assertThat(table.lake.read(version).where("day = DATE'2013-01-02'").first().getLong(2))
        .isEqualTo(4);
    assertThat(table.lake.read(version).where("twice IS NULL").count()).isEqualTo(1);
  }

  @Test
  void appendAtMakesTheTableAtOnceWithComments() {
    TableVersion version = table.writer().appendAt(table.rows(1, 1), -1, note("first"));
    assertThat(version.version()).isZero();
    assertThat(table.lake.read(version).schema().apply("number").getComment().get())
        .isEqualTo("Any number");
    assertThat(
            DeltaTable.forPath(table.spark(), version.path())
                .detail()
                .selectExpr("description", "partitionColumns[0]")
                .first()
                .mkString("|"))
        .isEqualTo("Numbers by day|day");
    assertThat(table.content()).containsExactly("1:1");
  }

  @Test
  void appendAtLosesToAnyChangeOfDataAndToNothingElse() {
    table.writer().appendAt(table.rows(1, 1), -1, note("first"));
    assertLost(-1, "another run changed it in version 0");
    table.writer().takeFence(new Fence(Map.of("lease/x", 1L)), note("fence"));
    assertThat(table.writer().appendAt(table.rows(1, 2), 0, note("second")).version()).isEqualTo(2);
    table.writer().append(table.rows(1, 3), note("blind"));
    assertLost(2, "another run changed it in version 3");
    DeltaTable.forPath(table.spark(), table.lake.path(DayTable.TABLE))
        .optimize()
        .executeCompaction();
    assertThat(table.log().newest()).hasValue(4);
    assertThat(table.writer().appendAt(table.rows(1, 4), 3, note("third")).version()).isEqualTo(5);
    assertLost(7, "the table ends at version 5");
    assertThat(table.content()).containsExactly("1:1", "1:2", "1:3", "1:4");
  }

  private void assertLost(long expected, String reason) {
    assertThatThrownBy(() -> table.writer().appendAt(table.rows(9, 9), expected, note("loser")))
        .isInstanceOf(LostRaceException.class)
        .hasMessage(
            "Cannot write features.numbers after version "
                + expected
                + ": "
                + reason
                + "; nothing was written, read it again and decide anew")
        .extracting("category")
        .isEqualTo(ErrorCategory.BUSY);
  }

  @Test
  void ofTwoThreadsThatAppendAtOneVersionOneWins() throws Exception {
    table.writer().appendAt(table.rows(1, 0), -1, note("first"));
    List<String> ends =
        Threads.both(
            () -> table.writer().appendAt(table.rows(1, 1), 0, note("one")),
            () -> table.writer().appendAt(table.rows(1, 2), 0, note("two")));
    assertThat(ends).containsExactlyInAnyOrder("done", "LostRaceException");
    assertThat(table.content()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"AFTER", "REPEATED", "LATE"})
  void lostAnswerOfACommitThatTookEffectIsASuccess(Fault fault) {
    table = new DayTable("lossy:" + folder);
    write(1, 1, 1);
    LossyLogStore.NEXT.set(fault);
    TableVersion version = write(1, 1, 10);
    assertThat(version.version()).isEqualTo(2);
    assertThat(table.content()).containsExactly("1:10");
    assertThat(table.log().note(2)).hasValue(note("write").toJson());
    LossyLogStore.NEXT.set(fault);
    assertThat(table.writer().append(table.rows(1, 11), note("append")).version())
        .isEqualTo(table.log().newest().orElseThrow() - (fault == Fault.LATE ? 1 : 0));
    assertThat(table.content()).containsExactly("1:10", "1:11");
  }

  @Test
  void failedCommitIsCertainAndCanNeverArrive() {
    table = new DayTable("lossy:" + folder);
    write(1, 1, 1);
    LossyLogStore.NEXT.set(Fault.BEFORE);
    assertThatThrownBy(() -> write(1, 1, 10))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot commit to features.numbers for 2013-01-01: the storage of its log failed"
                + " (java.io.IOException: no answer); nothing was written, run it again")
        .asInstanceOf(type(MillraceException.class))
        .extracting(MillraceException::category)
        .isEqualTo(ErrorCategory.EXTERNAL);
    LossyLogStore.Lost lost = LossyLogStore.lost();
    assertThatThrownBy(
            () ->
                new LossyLogStore(configuration())
                    .write(lost.path(), lost.lines().iterator(), false, configuration()))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("00000000000000000002.json");
    assertThat(table.content()).containsExactly("1:1");
    write(1, 1, 10);
    assertThat(table.content()).containsExactly("1:10");
  }

  @Test
  void failedFirstCommitCanNeverArriveEither() {
    table = new DayTable("lossy:" + folder);
    LossyLogStore.NEXT.set(Fault.BEFORE);
    assertThatThrownBy(() -> table.writer().appendAt(table.rows(1, 1), -1, note("first")))
        .hasMessageContaining("nothing was written, run it again");
    LossyLogStore.Lost lost = LossyLogStore.lost();
    assertThatThrownBy(
            () ->
                new LossyLogStore(configuration())
                    .write(lost.path(), lost.lines().iterator(), false, configuration()))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("00000000000000000000.json");
    table.writer().appendAt(table.rows(1, 1), -1, note("again"));
    assertThat(table.content()).containsExactly("1:1");
  }

  @Test
  void whatBecameOfACommitIsUnknownWhileTheLogIsDown() throws IOException {
    table = new DayTable("lossy:" + folder);
    write(1, 1, 1);
    LossyLogStore.NEXT.set(Fault.DOWN);
    assertThatThrownBy(() -> write(1, 1, 10))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "Cannot determine whether the commit to features.numbers for 2013-01-01 took effect")
        .hasMessageContaining("`millrace doctor --publication numbers.test.2013-01-01`")
        .extracting("category")
        .isEqualTo(ErrorCategory.PUBLISH_STATE_UNKNOWN);
    LossyLogStore.heal();
    assertThat(table.content()).containsExactly("1:10");
  }

  private Configuration configuration() {
    return table.spark().sessionState().newHadoopConf();
  }

  private TableVersion write(int from, int to, long... numbers) {
    return table
        .writer()
        .replaceDays(table.rows(from, numbers), new DayRange(day(from), day(to)), note("write"));
  }

  private void writeDays(int from, int to) {
    List<Integer> days = new ArrayList<>(IntStream.rangeClosed(from, to).boxed().toList());
    days.forEach(day -> write(day, day, day));
  }
}
