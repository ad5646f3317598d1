package org.millrace.features.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.features.ledger.NumberedDays.TABLE;
import static org.millrace.features.ledger.NumberedDays.day;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.delta.DeltaLog;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.PlatformDefinition.WhenChanged;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lease.Lease;
import org.millrace.features.lease.Leases;

/** Done means done in the table: what changes it outside of the ledger is found. */
@Tag("slow")
class TestChangedOutside {
  @TempDir static Path base;
  @TempDir Path home;

  private NumberedDays days;

  @BeforeAll
  static void twoDaysAreDone() {
    NumberedDays made = new NumberedDays(base.toString());
    made.make("a", 3, 1); // v1, after the commit that creates the table
    made.make("b", 3, 2); // v2
    assertThat(made.newest()).isEqualTo(2);
    assertThat(made.isDone("a", 1)).isTrue();
    assertThat(made.isDone("b", 2)).isTrue();
  }

  @BeforeEach
  void copyOfThem() throws IOException {
    FileUtils.copyDirectory(base.toFile(), home.toFile());
    days = new NumberedDays(home.toString());
  }

  @Test
  void aCommitOfOtherRowsThanWereCountedIsNotEntered() {
    TableVersion written = days.commit("c", 4, 2);
    Ledger ledger = Ledger.open(days.lake);

    assertThat(ledger.countedEntriesOf(written, NumberedDays.note("c", 4, 2), NumberedDays.NOW))
        .hasSize(1);
    assertThatThrownBy(
            () -> ledger.countedEntriesOf(written, NumberedDays.note("c", 5, 2), NumberedDays.NOW))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("features.numbers@v3 holds 4 rows, 5 were counted");
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        change(
            "DELETE",
            days -> days.delta().delete("day = DATE'2013-01-02'"),
            "its newest commit is v3 by another program, the ledger has v2"),
        change(
            "UPDATE",
            days ->
                days.delta()
                    .updateExpr("day = DATE'2013-01-02' AND number = 1", Map.of("number", "9")),
            "its newest commit is v3 by another program, the ledger has v2"),
        change(
            "RESTORE",
            days -> days.delta().restoreToVersion(1),
            "its newest commit is v3 by another program, the ledger has v2"),
        change(
            "lost log",
            days -> {
              removeCommit(days, 2);
            },
            "the ledger has it in v2, and the table ends at v1"),
        change(
            "lost log, and another program's commit of as many rows in its place",
            days -> {
              removeCommit(days, 2);
              days.rows(3, 2)
                  .write()
                  .format("delta")
                  .mode("append")
                  .partitionBy("day")
                  .save(days.lake.path(TABLE));
            },
            "v2 by another program, but the ledger has a run's"),
        change(
            "lost log, and another run's commit of as many rows in its place",
            days -> {
              removeCommit(days, 2);
              days.commit("c", 3, 2);
            },
            "v2 by numbers.test.2013-01-01 made it from other definitions or inputs than the ledger"
                + " has"),
        change(
            "overwrite",
            days ->
                days.rows(3, 1, 2)
                    .write()
                    .format("delta")
                    .mode("overwrite")
                    .save(days.lake.path(TABLE)),
            "its newest commit is v3 by another program, the ledger has v2"),
        change(
            "kill between commit and entry",
            days -> days.commit("c", 3, 2),
            "its newest commit is v3 by numbers.test.2013-01-01, of which the ledger knows"
                + " nothing, the ledger has v2"));
  }

  @Test
  void aDataFileThatIsLostIsFoundAndItsDayAlone() throws IOException {
    Path file = dataFile(2);
    byte[] whole = Files.readAllBytes(file);

    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThat(difference(2))
        .startsWith("a data file is lost, day=2013-01-02/part-")
        .endsWith(
            ", which has %,d bytes, but %,d according to the log"
                .formatted(whole.length - 1, whole.length));
    Files.delete(file);
    assertThat(difference(2)).startsWith("a data file is lost, ").endsWith(", which was deleted");
    assertThat(days.isDone("b", 2)).isFalse();
    assertThat(days.isDone("a", 1)).isTrue();

    days.make("b", 3, 2);
    assertThat(days.isDone("b", 2)).isTrue();
    assertThat(days.lake.read(days.lake.current(TABLE).orElseThrow()).count()).isEqualTo(6);
  }

  private String difference(int day) {
    Ledger ledger = Ledger.open(days.lake);
    return ledger
        .difference(ledger.entry(TABLE, day(day)).orElseThrow())
        .orElseThrow()
        .difference();
  }

  private Path dataFile(int day) throws IOException {
    try (Stream<Path> files =
        Files.list(Path.of(days.lake.path(TABLE), "day=" + NumberedDays.day(day)))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  private static Arguments change(String name, Consumer<NumberedDays> change, String difference) {
    return Arguments.of(name, change, difference);
  }

  private static void removeCommit(NumberedDays days, long version) {
    Path log = Path.of(days.lake.path(TABLE), "_delta_log");
    try {
      Files.delete(log.resolve("%020d.json".formatted(version)));
      Files.deleteIfExists(log.resolve("%020d.crc".formatted(version)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void isMadeAgainOrRefusedAndNotRead(
      String name, Consumer<NumberedDays> change, String difference) {
    change.accept(days);

    Ledger ledger = Ledger.open(days.lake);
    assertThat(ledger.isDone(TABLE, day(2), "b")).isFalse();
    assertThat(ledger.takeChanged())
        .extractingByKey(TABLE)
        .extracting(found -> found.get(Partition.of(day(2))))
        .hasToString("features.numbers of 2013-01-02 was changed outside: " + difference);
    assertThat(ledger.takeChanged()).isEmpty();
    assertRefused(
        () ->
            Ledger.open(days.lake, WhenChanged.REFUSE, (attempt, claim) -> false)
                .isDone(TABLE, day(2), "b"),
        "Cannot go on: features.numbers of 2013-01-02 was changed outside: "
            + difference
            + "; bring the table back, or set 'changed-outside: redo' in millrace.yaml to have the"
            + " partition made again");
    assertRefused(
        () -> ledger.fingerprint(TABLE, new DayRange(day(1), day(2))), " was changed outside: ");
    assertRefused(
        () -> ledger.fingerprint(TABLE, DayRange.of(day(2))),
        "of 2013-01-02 was changed outside: "
            + difference
            + "; run the room that makes it for that day, which makes it again, or see `millrace doctor"
            + " --lake`");
    assertRefused(() -> ledger.require(TABLE, Partition.of(day(2)), "materialize"), difference);
  }

  @Test
  void betweenAnotherRunsCommitAndItsEntryAReaderIsToldToComeAgain() {
    Clock clock = Clock.fixed(NumberedDays.NOW, ZoneOffset.UTC);
    Leases leases = new Leases(days.lake, clock, Duration.ofMinutes(5), () -> {});
    List<Claim> claims = List.of(new Claim(TABLE, new DayRange(day(1), day(3))));
    RunKey key = new RunKey("numbers", "test", DayRange.of(day(2)));
    try (Lease writer = leases.acquire(key, NumberedDays.NOTE.attempt(), claims, Duration.ZERO)) {
      writer.requireHeld();
      days.commit("c", 3, 2);

      Ledger ledger = Ledger.open(days.lake, WhenChanged.REFUSE, leases::isAtWork);

      String message =
          "Cannot read features.numbers of 2013-01-02: run numbers.test.2013-01-01 is writing it, v3"
              + " of the table is newer than v2 in the ledger; run again when that run has ended";
      assertBusy(() -> ledger.fingerprint(TABLE, DayRange.of(day(2))), message);
      assertBusy(() -> ledger.require(TABLE, Partition.of(day(2)), "materialize"), message);
      assertBusy(() -> ledger.isDone(TABLE, day(2), "b"), message);
      assertThat(ledger.isDone(TABLE, day(1), "a")).isTrue();
      days.delta().delete("day = DATE'2013-01-01'"); // without a lease
      ledger.refresh();
      assertRefused(() -> ledger.fingerprint(TABLE, DayRange.of(day(1))), "by another program");
    }

    Ledger afterAKill = Ledger.open(days.lake, WhenChanged.REDO, leases::isAtWork);
    assertRefused(() -> afterAKill.fingerprint(TABLE, DayRange.of(day(2))), "changed outside");
  }

  @Test
  void aRunThatEndedWhileTheLedgerWasOpenIsNoChangeFromOutside() {
    Ledger ledger = Ledger.open(days.lake);

    days.make("c", 3, 2);

    assertBusy(
        () -> ledger.fingerprint(TABLE, DayRange.of(day(2))),
        "run numbers.test.2013-01-01 is writing it, v3 of the table");
    ledger.refresh();
    assertThat(ledger.fingerprint(TABLE, DayRange.of(day(2)))).isNotEmpty();
  }

  @Test
  void anHourIsNotHeldAgainstATableOfDays() {
    LedgerEntry hour =
        LedgerEntry.of(TABLE, Partition.parse("2013-01-02T05+00:00"))
            .output(new Output.Table(2))
            .finishedAt(NumberedDays.NOW);

    assertRefused(
        () -> Ledger.open(days.lake).difference(hour),
        "Cannot determine what a table has of the hour 2013-01-02T05+00:00: tables are partitioned by"
            + " day or not at all; have the day made as one");
  }

  private static void assertBusy(ThrowingCallable reader, String message) {
    assertThatThrownBy(reader)
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.BUSY))
        .hasMessageContaining(message);
  }

  private static void assertRefused(ThrowingCallable reader, String message) {
    assertThatThrownBy(reader)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining(message);
  }

  @Test
  void otherDaysStayDone() {
    days.delta().delete("day = DATE'2013-01-02'");

    assertThat(days.isDone("a", 1)).isTrue();
  }

  @Test
  void aDayThatIsMadeAgainIsDoneAgain() {
    days.delta().delete("day = DATE'2013-01-02'");
    days.make("b", 3, 2);

    assertThat(days.isDone("b", 2)).isTrue();
    assertThat(days.isDone("a", 1)).isTrue();
  }

  @Test
  void anotherRunSeesWhatIsChangedWhileItsLedgerIsOpen() {
    Ledger ledger = Ledger.open(days.lake);
    assertThat(ledger.isDone(TABLE, day(2), "b")).isTrue();
    days.delta().delete("day = DATE'2013-01-02'");

    ledger.refresh();

    assertThat(ledger.isDone(TABLE, day(2), "b")).isFalse();
  }

  @Test
  void compactionIsNoChange() {
    days.delta().optimize().executeCompaction();

    assertThat(days.newest()).isEqualTo(3);
    assertThat(days.isDone("a", 1)).isTrue();
    assertThat(days.isDone("b", 2)).isTrue();
  }

  @Test
  void anEmptyDayIsDoneUntilItHasRows() {
    days.make("none", 0, 3);
    assertThat(days.isDone("none", 3)).isTrue();

    days.rows(1, 3).write().format("delta").mode("append").save(days.lake.path(TABLE));

    assertThat(days.isDone("none", 3)).isFalse();
    assertThat(days.isDone("a", 1)).isTrue();
  }

  @Test
  void aTableOfEmptyDaysAloneIsDone() {
    NumberedDays empty = new NumberedDays(home.resolve("other").toString());
    empty.make("none", 0, 1, 2);

    assertThat(empty.isDone("none", 1)).isTrue();
    assertThat(empty.isDone("none", 2)).isTrue();
  }

  @Test
  void rowsWithoutStatisticsAreNotCounted() {
    String setting = "spark.databricks.delta.stats.collect";
    days.lake.spark().conf().set(setting, "false");
    try {
      days.make("c", 4, 3);
    } finally {
      days.lake.spark().conf().unset(setting);
    }
    assertThat(Ledger.open(days.lake).entry(TABLE, day(3)).orElseThrow().outputRows()).isEmpty();
    assertThat(days.isDone("c", 3)).isTrue();

    days.delta().optimize().executeCompaction(); // the new file has statistics

    assertThat(days.isDone("c", 3)).isTrue();
    days.delta().delete("day = DATE'2013-01-03'");
    assertThat(days.isDone("c", 3)).isFalse();
  }

  @Test
  void whereTheLogIsCleanedUpTheRowsStillCount() {
    DeltaLog log = DeltaLog.forTable(days.lake.spark(), days.lake.path(TABLE));
    days.make("c", 1, 3); // v3
    log.checkpoint(
        log.update(false, scala.Option.empty(), scala.Option.empty()), scala.Option.empty());
    days.make("d", 1, 4); // v4
    for (long version = 0; version <= 3; version++) {
      removeCommit(days, version);
    }

    assertThat(days.isDone("b", 2)).isTrue();
    assertThat(days.isDone("d", 4)).isTrue();
  }

  @Test
  void anEntryOfARowCountThatTheTableDoesNotHaveIsNotBelieved() {
    Ledger ledger = Ledger.open(days.lake);
    LedgerEntry wrong =
        LedgerEntry.of(TABLE, Partition.of(day(2)))
            .made(
                NumberedDays.note("b", 4, 2),
                NumberedDays.note("b", 4, 2).partitions().firstEntry().getValue())
            .output(new Output.Table(2))
            .outputRows(4)
            .finishedAt(NumberedDays.NOW);
    ledger.append(List.of(wrong), NumberedDays.NOTE);

    assertThat(ledger.difference(wrong).orElseThrow().difference())
        .isEqualTo("it has 3 rows, the ledger has 4");
  }
}
