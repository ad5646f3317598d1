package org.millrace.features.asof;

import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.features.testing.TestSpark;

/**
 * Seconds of an as-of join of the size of the shipped example: 337,000 spine rows, five views of
 * 25,000 to 300,000 rows and ten features each, three key sets. To be run by hand; the argument is
 * the number of repetitions.
 */
final class BenchmarkAsOfJoin {
  private static final int YEAR_SECONDS = 365 * 86_400;

  private BenchmarkAsOfJoin() {}

  public static void main(String[] args) throws IOException {
    SparkSession spark = TestSpark.session();
    Path data = Files.createTempDirectory("as-of-benchmark");
    write(spark, data, "spine", 337_000, 3);
    List<String> names = List.of("weather", "departures", "arrival", "planes", "routes");
    List<Integer> sizes = List.of(26_000, 300_000, 300_000, 25_000, 200_000);
    for (int i = 0; i < names.size(); i++) {
      write(spark, data, names.get(i), sizes.get(i), 10);
    }

    for (int run = 0; run < Integer.parseInt(args[0]); run++) {
      long start = System.nanoTime();
      AsOfJoin join = AsOfJoin.spine(read(spark, data, "spine"), "known_at");
      join = join.with(view(spark, data, "weather").keys("origin").build());
      join = join.with(view(spark, data, "departures").keys("origin").build());
      join = join.with(view(spark, data, "arrival").keys("tailnum").build());
      join = join.with(view(spark, data, "planes").keys("tailnum").build());
      join = join.with(view(spark, data, "routes").keys("carrier", "origin", "dest").build());
      AsOfJoin.Result joined = join.join();
      joined.rows().write().format("noop").mode("overwrite").save();
      AsOfCounts counts = joined.counts().requireConserved();
      System.err.printf("%.2f s, %s%n", (System.nanoTime() - start) / 1e9, counts);
    }
  }

  private static AsOfView.Builder view(SparkSession spark, Path data, String name) {
    AsOfView.Builder view = AsOfView.of(name, read(spark, data, name)).ttl(Duration.ofDays(7));
    for (int i = 0; i < 10; i++) {
      view.features("f" + i);
    }

    return view;
  }

  private static void write(SparkSession spark, Path data, String name, int rows, int features) {
    int seed = name.hashCode();
    List<Column> columns = new ArrayList<>();
    columns.add(text("origin", 3, seed));
    columns.add(text("tailnum", 4000, seed + 1));
    columns.add(text("carrier", 16, seed + 2));
    columns.add(text("dest", 100, seed + 3));
    columns.add(
        floor(rand(seed + 4).multiply(YEAR_SECONDS))
            .plus(1_356_998_400L)
            .cast("timestamp")
            .as("event_timestamp"));
    columns.add(
        expr("event_timestamp + make_dt_interval(0, 0, floor(rand(7) * 90))").as("known_at"));
    for (int i = 0; i < features; i++) {
      columns.add(rand(seed + 10 + i).as("f" + i));
    }

    Dataset<Row> made = spark.range(0, rows, 1, 2).toDF();
    for (Column column : columns) {
      made = made.withColumn(column.named().name(), column);
    }

    made.write().parquet(data.resolve(name).toString());
  }

  private static Column text(String name, int distinct, int seed) {
    return concat(lit(name), floor(rand(seed).multiply(distinct)).cast("string")).as(name);
  }

  private static Dataset<Row> read(SparkSession spark, Path data, String name) {
    return spark.read().parquet(data.resolve(name).toString());
  }
}
