package org.millrace.features.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.features.ledger.NumberedDays.NOTE;
import static org.millrace.features.ledger.NumberedDays.NOW;
import static org.millrace.features.ledger.NumberedDays.day;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.Status;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.Fence;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;

/** The ledger's own table: ledgers of earlier releases, size and speed. */
@Tag("slow")
class TestLedgerTable {
  private static final StructType OF_EARLIER_RELEASES =
      StructType.fromDDL(
          "object STRING, day DATE, fingerprint STRING, run_key STRING, input_versions STRING,"
              + " output_version STRING, rows_in BIGINT, rows_accepted BIGINT,"
              + " rows_quarantined BIGINT, verdict STRING, finished_at TIMESTAMP");

  @TempDir Path home;

  private Lake lake;

  @BeforeEach
  void noLedgerYet() {
    lake = new NumberedDays(home.toString()).lake;
  }

  private static Row old(
      String object, LocalDate day, String fingerprint, String output, int second) {
    return RowFactory.create(
        object,
        Date.valueOf(day),
        fingerprint,
        "m.ingest.2013-01-01",
        "{}",
        output,
        5L,
        4L,
        1L,
        "PASS",
        Timestamp.from(NOW.plusSeconds(second)));
  }

  private void save(Dataset<Row> rows) {
    rows.write().format("delta").mode("append").save(lake.path(Ledger.TABLE));
  }

  @Test
  void aLedgerOfAnEarlierReleaseIsReadAndGoesOn() {
    LocalDate whole = LocalDate.EPOCH;
    List<Row> rows =
        List.of(
            old("raw.t", day(1), "newer", "7", 2),
            old("raw.t", day(1), "older", "6", 1),
            old("model.m", whole, "trained", "3", 1),
            old("features.d", day(2), "pending", "", 3),
            old("features.d", day(3), "done", "2", 4), // written after it was announced
            old("features.d", day(3), "pending", "", 4));
    save(lake.spark().createDataFrame(rows, OF_EARLIER_RELEASES));
    Ledger ledger = Ledger.open(lake);

    LedgerEntry raw = ledger.entry("raw.t", day(1)).orElseThrow();
    assertThat(raw.fingerprint()).isEqualTo("newer");
    assertThat(raw.output()).isEqualTo(new Output.Table(7));
    assertThat(raw.rows()).isEqualTo(new RowCounts(5, 4, 1, 0, 0));
    assertThat(raw.outputRows()).isEmpty();
    assertThat(ledger.entry("model.m", Partition.whole()).orElseThrow().output())
        .isEqualTo(new Output.Model("3"));
    assertThat(ledger.entry("features.d", day(2)).orElseThrow().status()).isEqualTo(Status.PENDING);
    assertThat(ledger.entry("features.d", day(3)).orElseThrow().fingerprint()).isEqualTo("done");

    LedgerEntry next =
        LedgerEntry.of("model.m", Partition.whole())
            .output(new Output.Model("4"))
            .finishedAt(NOW.minusSeconds(100)); // whose clock is behind
    ledger.append(List.of(next), NOTE);

    Ledger again = Ledger.open(lake);
    assertThat(again.entry("model.m", Partition.whole()).orElseThrow().output())
        .isEqualTo(new Output.Model("4"));
    assertThat(again.entry("raw.t", day(1))).contains(raw);
    assertThat(again.objects()).containsExactly("features.d", "model.m", "raw.t");
  }

  @Test
  void aLedgerOfAnEarlierReleaseIsReadAndTakesWhatThatDidNotKnow() {
    save(rows(0, 3).drop("withdrawal", "model", "definitions", "inputs_fingerprint"));
    Ledger ledger = Ledger.open(lake);
    LedgerEntry made = ledger.entry("model.m1", day(1)).orElseThrow();
    Withdrawal withdrawal = new Withdrawal("anna", "why: \"so\"", "f2");
    PartitionNote inForce =
        new PartitionNote("f1", RowCounts.accepted(7), PartitionNote.UNJUDGED)
            .scoredBy(Optional.of("m/1"))
            .readingInputs("i1")
            .takingBack(withdrawal);

    ledger.append(
        List.of(
            LedgerEntry.of("model.m0", Partition.of(day(1)))
                .made(NOTE.by("d1"), inForce)
                .finishedAt(NOW)),
        NOTE);

    Ledger again = Ledger.open(lake);
    LedgerEntry taken = again.entry("model.m0", day(1)).orElseThrow();
    assertThat(taken.status()).isEqualTo(Status.WITHDRAWN);
    assertThat(taken.withdrawal()).contains(withdrawal);
    assertThat(taken.model()).contains("m/1");
    assertThat(taken.definitions()).contains("d1");
    assertThat(taken.inputsFingerprint()).contains("i1");
    assertThat(made.model()).isEmpty();
    assertThat(made.definitions()).isEmpty();
    assertThat(made.inputsFingerprint()).isEmpty();
    assertThat(taken.isReadable()).isTrue();
    assertThat(again.isDone("model.m0", day(1), "f1")).isFalse();
    assertThat(made.withdrawal()).isEmpty();
    assertThat(again.entry("model.m1", day(1))).contains(made);
  }

  @Test
  void keepsItselfCompact() {
    save(rows(0, 19_000).coalesce(1));
    save(rows(19_000, 20_000).repartition(49));
    TableWriter writer = new TableWriter(lake, Ledger.TABLE, "", Map.of(), Optional.empty());
    for (int version = 2; version < 48; version++) {
      assertThat(writer.takeFence(Fence.NONE, NOTE).orElseThrow().version()).isEqualTo(version);
    }
    Ledger ledger = Ledger.open(lake);
    assertThat(lake.read(lake.current(Ledger.TABLE).orElseThrow()).inputFiles()).hasSize(50);

    for (int i = 48; i <= 52; i++) { // the version 50 is one of them
      ledger.append(List.of(row(20_000 + i)), NOTE);
    }

    assertThat(lake.read(lake.current(Ledger.TABLE).orElseThrow()).inputFiles()).hasSizeLessThan(5);
    assertThat(Ledger.open(lake).partitions("model.m0")).hasSize(20_000 / 50 + 1);
    assertThat(ledger.partitions("model.m2")).hasSize(20_000 / 50 + 1);
  }

  @Test
  void entriesAreThereAlsoIfCompactingFails() throws IOException {
    save(rows(0, 100).coalesce(1));
    TableWriter writer = new TableWriter(lake, Ledger.TABLE, "", Map.of(), Optional.empty());
    for (int version = 1; version < 50; version++) {
      assertThat(writer.takeFence(Fence.NONE, NOTE).orElseThrow().version()).isEqualTo(version);
    }
    Ledger ledger = Ledger.open(lake);
    String[] files = lake.read(lake.current(Ledger.TABLE).orElseThrow()).inputFiles();
    Path file = Path.of(URI.create(files[0]));
    Path moved = Files.move(file, home.resolve("lost.parquet")); // compacting reads it

    ledger.append(List.of(row(100)), NOTE);

    assertThat(lake.current(Ledger.TABLE).orElseThrow().version())
        .as("not compacted")
        .isEqualTo(50);
    assertThat(ledger.entry("model.m0", day(3))).isPresent();
    Files.move(moved, file);
    assertThat(Ledger.open(lake).entry("model.m0", day(3))).isPresent();
  }

  @Test
  void twentyThousandEntriesOfAThousandCommitsOpenWithinASecond() throws IOException {
    // what a thousand commits of twenty entries leave: a compacted file, and up to fifty small ones
    save(rows(0, 19_000).coalesce(1));
    save(rows(19_000, 20_000).repartition(50));
    Path log = Path.of(lake.path(Ledger.TABLE), "_delta_log");
    for (int version = 2; version < 1000; version++) { // without the checkpoints that Delta makes
      Files.writeString(
          log.resolve("%020d.json".formatted(version)),
          """
          {"commitInfo":{"timestamp":%d,"operation":"WRITE","operationParameters":{},"isBlindAppend":true}}
          """
              .formatted(NOW.toEpochMilli() + version));
    }
    assertThat(lake.current(Ledger.TABLE).orElseThrow().version()).isEqualTo(999);
    assertThat(lake.read(lake.current(Ledger.TABLE).orElseThrow()).inputFiles()).hasSize(51);

    Duration most = Duration.ofSeconds(1);
    Duration best = Duration.ofHours(1);
    for (int i = 0; i < 30 && best.compareTo(most) > 0; i++) { // others may use the machine too
      // of a copy, of which nothing is remembered in this JVM
      Path copy = home.resolve("copy" + i);
      FileUtils.copyDirectory(
          home.resolve("warehouse").toFile(), copy.resolve("warehouse").toFile());
      Lake copied = new Lake(lake.spark(), copy.toString(), lake.dayZone());
      long start = System.nanoTime();
      Ledger ledger = Ledger.open(copied);
      Duration taken = Duration.ofNanos(System.nanoTime() - start);
      best = taken.compareTo(best) < 0 ? taken : best;
      assertThat(ledger.partitions("model.m0")).hasSize(20_000 / 50);
    }

    assertThat(best).isLessThan(most);
  }

  private Dataset<Row> rows(int from, int to) {
    List<Row> rows =
        new ArrayList<>(
            IntStream.range(from, to)
                .mapToObj(i -> LedgerRows.row(row(i).at(i / 19_000)))
                .toList());
    return lake.spark().createDataFrame(rows, LedgerRows.SCHEMA);
  }

  /** Of fifty objects in turn. */
  private static LedgerEntry row(int number) {
    return LedgerEntry.of("model.m" + number % 50, Partition.of(day(1 + number / 50)))
        .output(new Output.Model("1"))
        .finishedAt(NOW);
  }
}
