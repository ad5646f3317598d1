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
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.bench.run.Check;
import org.millrace.features.asof.AsOfJoin;
import org.millrace.features.asof.AsOfStrategy;
import org.millrace.features.asof.AsOfView;

/**
 * An as-of join on Spark in this JVM, from tables to the sink {@code noop}: the product as its
 * users call it, or Spark SQL alone. Tables are opened once, before the clock starts; planning is
 * timed. Where the kind names a strategy, as in {@code millrace-buckets}, that is forced.
 */
final class AsOfWork implements Work {
  private static final String SPARK_SQL = "sparksql";
  private static final String FORCED = "millrace-";

  private final AsOfTask task;
  private final SparkSession spark;
  private final Dataset<Row> spine;
  private final List<Dataset<Row>> views;

  AsOfWork(AsOfTask task) {
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

  @Override
  public Check check() {
    if (task.kind().equals(SPARK_SQL)) {
      return check(RunningLast.join(task, spine, views));
    }

    AsOfJoin.Result joined = join();
    Check check = check(joined.rows());
    joined.counts().requireConserved();
    return check;
  }

  @Override
  public Done round() {
    long start = System.nanoTime();
    if (task.kind().equals(SPARK_SQL)) {
      write(RunningLast.join(task, spine, views));
      return Done.since(start, task.rows());
    }

    AsOfJoin.Result joined = join();
    write(joined.rows());
    joined.counts().requireConserved();
    return Done.since(start, task.rows());
  }

  private static void write(Dataset<Row> rows) {
    rows.write().format("noop").mode("overwrite").save();
  }

  private AsOfJoin.Result join() {
    AsOfJoin join = AsOfJoin.spine(spine, "as_of");
    for (int view = 0; view < views.size(); view++) {
      join = join.with(view(view));
    }
    if (task.kind().startsWith(FORCED)) {
      String strategy = task.kind().substring(FORCED.length()).toUpperCase(Locale.ROOT);
      join = join.strategy(AsOfStrategy.valueOf(strategy));
    }

    return join.join();
  }

  private AsOfView view(int view) {
    AsOfView.Builder builder =
        AsOfView.of("f" + view, views.get(view))
            .keys(task.key())
            .times("event_timestamp", task.hasKnownAt() ? "known_at" : "event_timestamp");
    IntStream.range(0, AsOfTask.VALUES).forEach(i -> builder.features(value(view, i)));
    if (task.ttlDays() > 0) {
      builder.ttl(Duration.ofDays(task.ttlDays()));
    }

    return builder.build();
  }

  static String value(int view, int i) {
    return "v" + view + "_" + i;
  }

  private Check check(Dataset<Row> joined) {
    List<String> columns = List.of(joined.columns());
    Column score = lit(0.0);
    for (int view = 0; view < views.size(); view++) {
      for (int i = 0; i < AsOfTask.VALUES; i++) {
        String plain = value(view, i);
        String name = columns.contains(plain) ? plain : "f" + view + "__" + plain;
        score = score.plus(coalesce(col(name), lit(-1.0)).multiply(i + 1)); // a null counts too
      }
    }

    Row told =
        joined
            .select(col("id"), score.as("score"))
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
