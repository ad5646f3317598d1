package org.millrace.features.ledger;

import io.delta.tables.DeltaTable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.testing.TestSpark;

/** A table of numbers by day, and commits that a ledger may know or not, for tests. */
final class NumberedDays {
  static final String TABLE = "features.numbers";
  static final Instant NOW = Instant.parse("2014-01-02T12:00:00Z");
  static final CommitNote NOTE =
      new CommitNote("numbers.test.2013-01-01", "attempt", "fingerprint", List.of());

  private static final StructType SCHEMA =
      new StructType().add("day", DataTypes.DateType).add("number", DataTypes.LongType);

  final Lake lake;

  NumberedDays(String root) {
    lake = new Lake(TestSpark.session(), root, ZoneOffset.UTC);
  }

  /** The n-th day, from 1. */
  static LocalDate day(int n) {
    return LocalDate.of(2013, 1, 1).plusDays(n - 1L);
  }

  /** What a run does: replaces days by so many rows each, and says so in the ledger. */
  TableVersion make(String fingerprint, int rowsADay, int... days) {
    TableVersion made = commit(fingerprint, rowsADay, days);
    Ledger ledger = Ledger.open(lake);
    CommitNote note = note(fingerprint, rowsADay, days);
    ledger.append(ledger.entriesOf(made, note, NOW), note);
    return made;
  }

  /** What a run does that is killed between its commit and its entry. */
  TableVersion commit(String fingerprint, int rowsADay, int... days) {
    TreeSet<LocalDate> replaced = new TreeSet<>();
    for (int day : days) {
      replaced.add(day(day));
    }

    return writer()
        .replaceDaysAddingColumns(
            rows(rowsADay, days), DayRange.covering(replaced), note(fingerprint, rowsADay, days));
  }

  TableWriter writer() {
    return new TableWriter(lake, TABLE, "Numbers by day", Map.of(), Optional.of("day"));
  }

  static CommitNote note(String fingerprint, int rowsADay, int... days) {
    TreeMap<Partition, PartitionNote> made = new TreeMap<>();
    for (int day : days) {
      made.put(
          Partition.of(day(day)),
          new PartitionNote(fingerprint, RowCounts.accepted(rowsADay), "PASS"));
    }

    return NOTE.with(made);
  }

  /** Rows of days, as any program may write them. */
  Dataset<Row> rows(int rowsADay, int... days) {
    List<Row> rows = new ArrayList<>();
    for (int day : days) {
      for (long number = 0; number < rowsADay; number++) {
        rows.add(RowFactory.create(day(day), number));
      }
    }

    return lake.spark().createDataFrame(rows, SCHEMA).repartition(2);
  }

  DeltaTable delta() {
    return DeltaTable.forPath(lake.spark(), lake.path(TABLE));
  }

  long newest() {
    return lake.current(TABLE).orElseThrow().version();
  }

  boolean isDone(String fingerprint, int day) {
    return Ledger.open(lake).isDone(TABLE, day(day), fingerprint);
  }
}
