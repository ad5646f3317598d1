package org.millrace.features.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.millrace.features.ledger.NumberedDays.NOTE;
import static org.millrace.features.ledger.NumberedDays.NOW;
import static org.millrace.features.ledger.NumberedDays.day;

import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.Lake;

/** Order, races and questions; what tables say of entries is another class's. */
@Tag("slow")
class TestLedger {
  private static final String OBJECT = "model.m"; // no table stands behind it

  @TempDir Path home;

  private Lake lake;

  @BeforeEach
  void noLedgerYet() {
    lake = new NumberedDays(home.toString()).lake;
  }

  private static LedgerEntry entry(LocalDate day, String fingerprint, Instant finishedAt) {
    return entry(Partition.of(day), fingerprint, new Output.Model("1"), finishedAt);
  }

  private static LedgerEntry entry(
      Partition partition, String fingerprint, Output output, Instant finishedAt) {
    return LedgerEntry.of(OBJECT, partition)
        .made(NOTE, new PartitionNote(fingerprint, RowCounts.accepted(1), "-"))
        .output(output)
        .finishedAt(finishedAt);
  }

  private void append(LedgerEntry... entries) {
    Ledger.open(lake).append(List.of(entries), NOTE);
  }

  @Test
  void anAbsentLedgerIsEmpty() {
    Ledger ledger = Ledger.open(lake);

    assertThat(ledger.objects()).isEmpty();
    assertThat(ledger.entry(OBJECT, day(1))).isEmpty();
    assertThat(ledger.isDone(OBJECT, day(1), "a")).isFalse();
  }

  @Test
  void anEntryIsReadAsItWasWritten() {
    LedgerEntry day = entry(day(1), "a", NOW);
    LedgerEntry hour = entry(Partition.parse("2013-11-03T01-05:00"), "b", new Output.Table(7), NOW);
    LedgerEntry whole = LedgerEntry.of(OBJECT, Partition.whole()).pending().finishedAt(NOW);
    append(day, hour, whole);

    assertThat(Ledger.open(lake).partitions(OBJECT).values())
        .containsExactly(day.at(0), hour.at(0), whole.at(0));
  }

  @Test
  void noClockDecidesWhichEntryIsTheNewest() {
    append(entry(day(1), "ahead", NOW.plus(Duration.ofDays(1500))));
    append(entry(day(1), "now", NOW));

    Ledger ledger = Ledger.open(lake);

    assertThat(ledger.isDone(OBJECT, day(1), "now")).isTrue();
    assertThat(ledger.isDone(OBJECT, day(1), "ahead")).isFalse();
  }

  @Test
  void aPendingDayIsNotDoneAndNotRead() {
    append(
        entry(day(1), "a", NOW),
        LedgerEntry.of(OBJECT, Partition.of(day(2))).pending().finishedAt(NOW),
        entry(day(3), "c", NOW));
    Ledger ledger = Ledger.open(lake);

    assertThat(ledger.isDone(OBJECT, day(2), "")).isFalse();
    assertMissing(
        () -> ledger.fingerprint(OBJECT, new DayRange(day(1), day(3))), "for 2013-01-02, which");
    assertMissing(
        () -> ledger.require(OBJECT, Partition.of(day(2)), "train"), "run `millrace train` first");
  }

  private static void assertMissing(Callable<?> reader, String message) {
    assertThatThrownBy(reader::call)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INPUT_MISSING))
        .hasMessageContaining(message);
  }

  @Test
  void entriesOfARangeAreThoseOfItsDays() {
    append(entry(day(1), "a", NOW), entry(day(2), "b", NOW), entry(day(4), "d", NOW));
    append(entry(Partition.whole(), "w", new Output.None(), NOW));
    append(entry(Partition.parse("2013-01-02T05+00:00"), "h", new Output.None(), NOW));
    Ledger ledger = Ledger.open(lake);

    assertThat(ledger.entries(OBJECT, new DayRange(day(2), day(4))).keySet())
        .containsExactly(day(2), day(4));
    assertThat(ledger.entries(OBJECT).keySet()).containsExactly(day(1), day(2), day(4));
    assertThat(ledger.entries("model.other", DayRange.of(day(2)))).isEmpty();
    assertThat(ledger.objects()).containsExactly(OBJECT);
  }

  @Test
  void fingerprintIsOfTheDaysThatAreThere() {
    append(entry(day(3), "c", NOW), entry(day(4), "d", NOW), entry(day(6), "f", NOW));
    Ledger ledger = Ledger.open(lake);

    assertThat(ledger.fingerprint(OBJECT, new DayRange(day(1), day(4))))
        .isEqualTo(ledger.fingerprint(OBJECT, new DayRange(day(3), day(4))))
        .isNotEqualTo(ledger.fingerprint(OBJECT, new DayRange(day(3), day(3))));
    assertThat(ledger.fingerprint(OBJECT, new DayRange(day(1), day(2)))).isNotEmpty();
    assertMissing(
        () -> ledger.fingerprint(OBJECT, new DayRange(day(3), day(8))),
        "Cannot read model.m for 2013-01-05 and 2 more days, which was not made yet: it has 3 days"
            + " from 2013-01-03 to 2013-01-06; run the days from 2013-01-05 to 2013-01-08 first");
    assertMissing(
        () -> ledger.fingerprint("model.other", DayRange.of(day(1))), "it has no day at all");
  }

  @Test
  void fingerprintOfAWholeIsItsOwn() {
    append(entry(Partition.whole(), "w", new Output.Model("3"), NOW));

    assertThat(Ledger.open(lake).fingerprint(OBJECT, new DayRange(day(1), day(9)))).isEqualTo("w");
  }

  @Test
  void daysBeforeTheFirstOneCostNothing() {
    append(entry(day(1), "a", NOW), entry(day(2), "b", NOW));
    Ledger ledger = Ledger.open(lake);
    // so many days that whoever looks at each one runs out of time, or out of memory
    DayRange millionsOfYears = DayRange.of(day(2)).startingEarlier(2_000_000_000);

    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () ->
            assertThat(ledger.fingerprint(OBJECT, millionsOfYears))
                .isEqualTo(ledger.fingerprint(OBJECT, new DayRange(day(1), day(2)))));
  }

  @Test
  void whoLosesARaceTakesInWhatTheOtherWrote() {
    append(entry(day(9), "z", NOW));
    Ledger one = Ledger.open(lake);
    Ledger two = Ledger.open(lake);

    one.append(List.of(entry(day(1), "one", NOW)), NOTE);
    two.append(List.of(entry(day(2), "two", NOW)), NOTE);
    one.append(List.of(entry(day(3), "one", NOW)), NOTE);

    assertThat(two.entries(OBJECT).keySet()).containsExactly(day(1), day(2), day(9));
    assertThat(one.entries(OBJECT).keySet()).containsExactly(day(1), day(2), day(3), day(9));
    two.refresh();
    assertThat(two.entries(OBJECT).keySet()).containsExactly(day(1), day(2), day(3), day(9));
  }

  @Test
  void anEntryThatALaterTableVersionOvertookIsLeftOut() {
    append(entry(day(9), "z", NOW));
    Ledger slow = Ledger.open(lake);
    LedgerEntry newer = entry(Partition.of(day(1)), "newer", new Output.Table(5), NOW);
    LedgerEntry older = entry(Partition.of(day(1)), "older", new Output.Table(4), NOW);
    LedgerEntry beside = entry(Partition.of(day(2)), "beside", new Output.Table(4), NOW);
    append(newer);

    slow.append(List.of(older, beside), NOTE);

    assertThat(Ledger.open(lake).entry(OBJECT, day(1)).orElseThrow().fingerprint())
        .isEqualTo("newer");
    assertThat(slow.entry(OBJECT, day(1)).orElseThrow().fingerprint()).isEqualTo("newer");
    assertThat(slow.entry(OBJECT, day(2)).orElseThrow().fingerprint()).isEqualTo("beside");
  }

  @Test
  void anEntryAfterACompactionIsSeenByThoseWhoSawTheCompaction() {
    append(entry(day(1), "a", NOW));
    Ledger writer = Ledger.open(lake);
    writer.append(List.of(entry(day(2), "b", NOW)), NOTE);
    DeltaTable.forPath(lake.spark(), lake.path(Ledger.TABLE)).optimize().executeCompaction();
    Ledger reader = Ledger.open(lake);

    writer.append(List.of(entry(day(3), "c", NOW)), NOTE);
    reader.refresh();

    assertThat(reader.entries(OBJECT).keySet()).containsExactly(day(1), day(2), day(3));
  }

  @Test
  void twoAtOnceLoseNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<?>> both = new ArrayList<>();
    try {
      for (int writer = 0; writer < 2; writer++) {
        int first = 1 + 100 * writer;
        both.add(threads.submit(() -> appendFive(first)));
      }
      for (Future<?> one : both) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } finally {
      threads.shutdownNow();
    }

    Ledger ledger = Ledger.open(lake);
    assertThat(ledger.entries(OBJECT)).hasSize(10);
    assertThat(ledger.entries(OBJECT).values().stream().map(LedgerEntry::sequence))
        .doesNotHaveDuplicates();
  }

  private void appendFive(int first) {
    Ledger ledger = Ledger.open(lake);
    for (int i = 0; i < 5; i++) {
      ledger.append(List.of(entry(day(first + i), "f", NOW)), NOTE);
    }
  }
}
