package org.millrace.features.lake;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.testing.TestSpark;

/** A small table of numbers by day, for tests. */
final class DayTable {
  static final String TABLE = "features.numbers";
  static final String DAY = "day";
  static final LocalDate FIRST = LocalDate.of(2013, 1, 1);
  private static final StructType SCHEMA =
      new StructType().add(DAY, DataTypes.DateType).add("number", DataTypes.LongType);

  final Lake lake;

  DayTable(String root) {
    lake = new Lake(TestSpark.session(), root, ZoneOffset.UTC);
  }

  SparkSession spark() {
    return lake.spark();
  }

  TableWriter writer() {
    return new TableWriter(
        lake, TABLE, "Numbers by day", Map.of("number", "Any number"), Optional.of(DAY));
  }

  TableLog log() {
    return TableLog.of(spark(), lake.path(TABLE));
  }

  /** The n-th day, from 1. */
  static LocalDate day(int n) {
    return FIRST.plusDays(n - 1L);
  }

  /** One row for each number, on a day. */
  Dataset<Row> rows(int day, long... numbers) {
    List<Row> rows = new ArrayList<>();
    for (long number : numbers) {
      rows.add(RowFactory.create(day(day), number));
    }

    return spark().createDataFrame(rows, SCHEMA).coalesce(1);
  }

  static CommitNote note(String attempt) {
    return new CommitNote("numbers.test.2013-01-01", attempt, "fingerprint", List.of());
  }

  /** Day of month and number, such as {@code 1:7}, in order. */
  List<String> content() {
    return content(lake.current(TABLE).orElseThrow());
  }

  List<String> content(TableVersion version) {
    return lake.read(version).collectAsList().stream()
        .map(row -> row.getLocalDate(0).getDayOfMonth() + ":" + row.getLong(1))
        .sorted()
        .toList();
  }

  /** Paths of the files of a day. */
  List<String> files(int day) {
    return List.of(
        lake.read(lake.current(TABLE).orElseThrow())
            .where("day = DATE'" + day(day) + "'")
            .inputFiles());
  }

  /** How many Spark jobs some work starts. */
  int jobsOf(Runnable work) throws Exception {
    AtomicInteger jobs = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.incrementAndGet();
          }
        };
    var context = spark().sparkContext();
    context.listenerBus().waitUntilEmpty(); // what was started before does not count
    context.addSparkListener(listener);
    try {
      work.run();
      context.listenerBus().waitUntilEmpty();
      return jobs.get();
    } finally {
      context.removeSparkListener(listener);
    }
  }
}
