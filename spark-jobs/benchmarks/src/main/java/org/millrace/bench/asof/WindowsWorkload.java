package org.millrace.bench.asof;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.features.window.Aggregate;
import org.millrace.features.window.EventWindows;
import org.millrace.features.window.WindowAggregates;

/**
 * Twelve windowed aggregates, four in each of three windows, over a spine and events of 100,000
 * keys: by the product, and by a range join in Spark SQL. Parquet in, {@code noop} out. Tables are
 * opened before the clock starts.
 */
final class WindowsWorkload {
  /** What the fourth aggregate of each window is. */
  enum Variant {
    /** A maximum, which cannot be had from running sums. */
    EXTREMES,
    /** A deviation: all aggregates are differences of running sums. */
    SUMS
  }

  static final int[] DAYS = {1, 7, 30};

  private static final int KEYS = 100_000;
  private static final int SECONDS = 180 * 86_400;

  private final SparkSession spark;
  private final String folder;
  private final Variant variant;

  /**
   * A workload.
   *
   * @param folder of the tables {@code spine} and {@code events}
   */
  WindowsWorkload(SparkSession spark, String folder, Variant variant) {
    this.spark = spark;
    this.folder = folder;
    this.variant = variant;
  }

  /**
   * Makes the tables.
   *
   * @param rows of the spine; there are 5 events for each 2 of them
   */
  void generate(long rows) {
    Dataset<Row> spine = spark.range(0, rows, 1, 4).toDF();
    write(spine.select(col("id"), key(1), time(2)), "spine");
    List<Column> columns = new ArrayList<>(List.of(key(10), time(20)));
    for (int i = 0; i < 10; i++) {
      columns.add(expr("rand(%d)".formatted(30 + i)).as("v" + i));
    }

    write(spark.range(0, rows * 5 / 2, 1, 4).select(columns.toArray(Column[]::new)), "events");
  }

  private void write(Dataset<Row> rows, String table) {
    rows.write().mode("overwrite").parquet(folder + "/" + table);
  }

  private static Column key(int seed) {
    return expr("CAST(floor(rand(%d) * %d) AS BIGINT)".formatted(seed, KEYS)).as("k");
  }

  private static Column time(int seed) {
    return expr("timestamp_seconds(1356998400 + floor(rand(%d) * %d))".formatted(seed, SECONDS))
        .as("ts");
  }

  private Dataset<Row> table(String name) {
    return spark.read().parquet(folder + "/" + name);
  }

  /** The product's; checks that no row was lost once the action has run. */
  WindowAggregates.Result ours() {
    EventWindows.Builder view = EventWindows.of("e", table("events")).keys("k").time("ts");
    for (int days : DAYS) {
      Aggregate fourth = variant == Variant.EXTREMES ? Aggregate.max("v2") : Aggregate.stddev("v2");
      view.window(
          Duration.ofDays(days),
          Aggregate.count().as("count"),
          Aggregate.sum("v0").as("sum"),
          Aggregate.avg("v1").as("avg"),
          fourth.as(fourthName()));
    }

    return WindowAggregates.spine(table("spine"), "ts").over(view.build()).aggregate();
  }

  private String fourthName() {
    return variant == Variant.EXTREMES ? "max" : "dev";
  }

  /** The same in Spark SQL: a join on key and range of time, grouped by spine row. */
  Dataset<Row> rangeJoin() {
    table("spine").createOrReplaceTempView("windows_spine");
    table("events").createOrReplaceTempView("windows_events");
    List<String> columns = new ArrayList<>();
    String last = variant == Variant.EXTREMES ? "max(v2)" : "stddev_samp(v2)";
    for (int days : DAYS) {
      String young = " FILTER (WHERE e.ts > s.ts - INTERVAL %d DAYS)".formatted(days);
      columns.add("count(e.ts)" + young + " AS e__count_" + days + "d");
      columns.add("sum(v0)" + young + " AS e__sum_" + days + "d");
      columns.add("avg(v1)" + young + " AS e__avg_" + days + "d");
      columns.add(last + young + " AS e__" + fourthName() + "_" + days + "d");
    }

    return spark.sql(
        "SELECT s.id, first(s.k) AS k, first(s.ts) AS ts, "
            + String.join(", ", columns)
            + " FROM windows_spine s LEFT JOIN windows_events e ON s.k = e.k AND e.ts <= s.ts"
            + " AND e.ts > s.ts - INTERVAL 30 DAYS GROUP BY s.id");
  }

  /** Writes nowhere. */
  static void run(Dataset<Row> rows) {
    rows.write().format("noop").mode("overwrite").save();
  }

  /** A number in which every value of every row counts. */
  double check(Dataset<Row> rows) {
    Column score = lit(0.0);
    int weight = 0;
    for (int days : DAYS) {
      for (String name : List.of("count", "sum", "avg", fourthName())) {
        Column value = col("e__" + name + "_" + days + "d");
        Column weighted = coalesce(value, lit(-1.0)).multiply(col("id").mod(97).plus(weight++));
        score = score.plus(weighted);
      }
    }

    return rows.agg(sum(score)).head().getDouble(0);
  }

  static Variant variant(String word) {
    return Variant.valueOf(word.toUpperCase(Locale.ROOT));
  }
}
