package org.millrace.bench.contender;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.bench.run.Check;

/**
 * A spine enriched on Spark in this JVM, from tables to the sink {@code noop}: by the product as
 * its users call it, or by Spark SQL alone. Tables are opened once, before the clock starts;
 * planning is timed.
 */
abstract class SpineWork implements Work {
  final AsOfTask task;
  final SparkSession spark;
  final Dataset<Row> spine;
  final List<Dataset<Row>> views;

  /**
   * Rows not yet read.
   *
   * @param requireConserved to call when they are: refuses lost rows
   */
  record Enriched(Dataset<Row> rows, Runnable requireConserved) {}

  SpineWork(AsOfTask task) {
    this.task = task;
    task.settings().forEach(System::setProperty); // a new SparkConf takes them
    String master = task.settings().getOrDefault("spark.master", "local[" + task.cores() + "]");
    spark = Sessions.start(master, Path.of(task.scratch()));
    spark.sparkContext().setLogLevel("ERROR");
    spine = open(task.spine());
    views = task.views().stream().map(this::open).toList();
  }

  private Dataset<Row> open(String folder) {
    return spark.read().format(task.format()).load(folder);
  }

  /** The task's kind of work, planned anew. */
  abstract Enriched enrich();

  /** The sum of all values added to {@code enriched}, each with a weight; see {@link #weighted}. */
  abstract Column score(Dataset<Row> enriched);

  static Column weighted(String value, int weight) {
    return coalesce(col(value), lit(-1.0)).multiply(weight); // a null counts too
  }

  /** Of aggregates of the view {@code e}, of each name in windows of so many days. */
  static Column weighted(List<Integer> days, List<String> names) {
    Column score = lit(0.0);
    int weight = 1;
    for (int length : days) {
      for (String name : names) {
        score = score.plus(weighted("e__" + name + "_" + length + "d", weight++));
      }
    }

    return score;
  }

  @Override
  public Check check() {
    Enriched enriched = enrich();
    Column score = score(enriched.rows()).as("score");
    Check check = SparkWork.check(enriched.rows().select(col("id"), score));
    enriched.requireConserved().run();
    return check;
  }

  @Override
  public Done round() {
    long start = System.nanoTime();
    Enriched enriched = enrich();
    enriched.rows().write().format("noop").mode("overwrite").save();
    enriched.requireConserved().run();
    return Done.since(start, task.rows());
  }

  @Override
  public void close() {
    spark.stop();
  }
}
