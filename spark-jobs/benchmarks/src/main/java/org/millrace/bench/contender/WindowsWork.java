package org.millrace.bench.contender;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sum;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.bench.run.Check;
import org.millrace.features.window.Aggregate;
import org.millrace.features.window.EventWindows;
import org.millrace.features.window.WindowAggregates;

/**
 * Twelve windowed aggregates as of each row of a spine, four in each of three windows, in this JVM:
 * by the product as its users call it, or by Spark SQL, a join on key and range of time, grouped by
 * spine row. Parquet in, {@code noop} out. Tables are opened once, before the clock starts.
 */
final class WindowsWork implements Work {
  /** The product's kind of work. */
  static final String OURS = "millrace-windows";

  private static final List<Integer> DAYS = List.of(1, 7, 30);
  private static final List<String> NAMES = List.of("count", "sum", "avg", "max");

  private final AsOfTask task;
  private final SparkSession spark;
  private final Dataset<Row> spine;
  private final Dataset<Row> events;

  WindowsWork(AsOfTask task) {
    this.task = task;
    spark = Sessions.start("local[" + task.cores() + "]", Path.of(task.scratch()));
    spark.sparkContext().setLogLevel("ERROR");
    spine = spark.read().format(task.format()).load(task.spine());
    events = spark.read().format(task.format()).load(task.views().get(0));
    spine.createOrReplaceTempView("spine");
    events.createOrReplaceTempView("events");
  }

  @Override
  public Check check() {
    if (!task.kind().equals(OURS)) {
      return check(rangeJoin());
    }

    WindowAggregates.Result result = ours();
    Check check = check(result.rows());
    result.counts().requireConserved();
    return check;
  }

  @Override
  public Done round() {
    long start = System.nanoTime();
    if (!task.kind().equals(OURS)) {
      write(rangeJoin());
      return Done.since(start, task.rows());
    }

    WindowAggregates.Result result = ours();
    write(result.rows());
    result.counts().requireConserved();
    return Done.since(start, task.rows());
  }

  private static void write(Dataset<Row> rows) {
    rows.write().format("noop").mode("overwrite").save();
  }

  private WindowAggregates.Result ours() {
    EventWindows.Builder view =
        EventWindows.of("e", events).keys(task.key()).time("event_timestamp");
    for (int days : DAYS) {
      view.window(
          Duration.ofDays(days),
          Aggregate.count().as("count"),
          Aggregate.sum("v0_0").as("sum"),
          Aggregate.avg("v0_1").as("avg"),
          Aggregate.max("v0_2").as("max"));
    }

    return WindowAggregates.spine(spine, "as_of").over(view.build()).aggregate();
  }

  private Dataset<Row> rangeJoin() {
    List<String> columns = new ArrayList<>();
    for (int days : DAYS) {
      String young = " FILTER (WHERE event_timestamp > as_of - INTERVAL %d DAYS)".formatted(days);
      columns.add("count(event_timestamp)" + young + " AS e__count_" + days + "d");
      columns.add("sum(v0_0)" + young + " AS e__sum_" + days + "d");
      columns.add("avg(v0_1)" + young + " AS e__avg_" + days + "d");
      columns.add("max(v0_2)" + young + " AS e__max_" + days + "d");
    }

    int longest = DAYS.get(DAYS.size() - 1);
    return spark.sql(
        "SELECT id, first(s.%1$s) AS %1$s, first(as_of) AS as_of, %2$s FROM spine s LEFT JOIN events e"
                .formatted(task.key(), String.join(", ", columns))
            + " ON s.%1$s = e.%1$s AND event_timestamp <= as_of".formatted(task.key())
            + " AND event_timestamp > as_of - INTERVAL %d DAYS GROUP BY id".formatted(longest));
  }

  private static Check check(Dataset<Row> rows) {
    Column score = lit(0.0);
    int weight = 1;
    for (int days : DAYS) {
      for (String name : NAMES) {
        Column value = coalesce(col("e__" + name + "_" + days + "d"), lit(-1.0)); // a null counts
        score = score.plus(value.multiply(weight++));
      }
    }

    Row told =
        rows.select(col("id"), score.as("score"))
            .agg(
                count(lit(1)),
                sum("score"),
                sum(col("score").multiply(pmod(col("id"), lit(Check.WEIGHTS)))),
                sum(abs(col("score"))))
            .head();
    return new Check(told.getLong(0), told.getDouble(1), told.getDouble(2), told.getDouble(3));
  }

  @Override
  public void close() {
    spark.stop();
  }
}
