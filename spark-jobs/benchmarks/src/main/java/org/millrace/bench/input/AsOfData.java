package org.millrace.bench.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.rand;
import static org.apache.spark.sql.functions.timestamp_micros;
import static org.apache.spark.sql.functions.when;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.bench.contender.AsOfTask;

/**
 * A spine and its views of the as-of benchmarks: keys and times drawn evenly from fixed seeds, 20
 * spine rows and 50 facts a key over 180 days. No two facts of a view have the same time, so that
 * every contender has one right answer.
 *
 * @param shape of keys and tables
 * @param rows of the spine; a view has 5 for every 2 of them
 */
public record AsOfData(Shape shape, long rows) {
  private static final int SPINE_ROWS_A_KEY = 20;
  private static final int ROWS_A_BUSY_KEY = 40_000; // of 365 spines; and 100,000 facts
  private static final long FIRST_MICROS = 1_700_000_000_000_000L;
  private static final long SPAN_MICROS = 180L * 86_400_000_000L;
  private static final long DAY_MICROS = 86_400_000_000L;
  private static final int YEAR_DAYS = 365;
  private static final long ASKED_DAY = 300;
  private static final long FILE_ROWS = 1_250_000;
  private static final int LEAST_FILES = 4;

  /** What the tables are like. */
  public enum Shape {
    /** Parquet, BIGINT keys {@code k}. */
    PLAIN,
    /** The same, half of all rows on one key. */
    SKEW,
    /** A year of facts, a file a day, in the order of time; a spine of one of those days. */
    DAY,
    /** The same in Delta and of few keys, each with hundreds of facts a day. */
    NIGHT,
    /** Delta, text keys {@code s}, facts known up to a day after they are true. */
    DELTA;

    /** Column of the key. */
    public String key() {
      return this == DELTA ? "s" : "k";
    }

    /** Whether the spine is of one day, and the views of the year before and after. */
    boolean isOfOneDay() {
      return this == DAY || this == NIGHT;
    }

    /** Of the tables, as Spark calls it. */
    public String format() {
      return this == DELTA || this == NIGHT ? "delta" : "parquet";
    }
  }

  /** Name of a table: of the spine, -1, or of a view, from 0. */
  static String name(int view) {
    return view < 0 ? "spine" : "view" + view;
  }

  /** Folder of a table, below the inputs' folder. */
  public Path folder(Path inputs, int view) {
    String shaped = shape.name().toLowerCase(java.util.Locale.ROOT);
    return inputs.resolve("asof-" + shaped + "-" + rows).resolve(name(view));
  }

  /** Rows of a table: of the spine, -1, or of a view. */
  public long rows(int view) {
    long share = shape.isOfOneDay() ? YEAR_DAYS : 1;
    return view < 0 ? Math.max(1, rows / share) : rows * 5 / 2;
  }

  Dataset<Row> table(SparkSession spark, int view) {
    boolean isByDay = shape.isOfOneDay() && view >= 0;
    int files = isByDay ? YEAR_DAYS : (int) Math.max(LEAST_FILES, rows(view) / FILE_ROWS);
    return spark.range(0, rows(view), 1, files).select(columns(view));
  }

  private Column[] columns(int view) {
    List<Column> columns = new ArrayList<>();
    if (view < 0) {
      columns.add(col("id"));
      columns.add(key(1, 3));
      columns.add(moment(asked()).as("as_of"));
      return columns.toArray(Column[]::new);
    }

    Column event = happened(view);
    columns.add(key(10 + view, 4 + view));
    columns.add(moment(event).as("event_timestamp"));
    if (shape == Shape.DELTA) {
      Column late = floor(rand(60 + view).multiply(DAY_MICROS));
      columns.add(moment(event.plus(late)).as("known_at"));
    }

    for (int i = 0; i < AsOfTask.VALUES; i++) {
      columns.add(rand(100 + view * AsOfTask.VALUES + i).as("v" + view + "_" + i));
    }

    return columns.toArray(Column[]::new);
  }

  private Column asked() {
    return shape.isOfOneDay()
        ? floor(rand(2).multiply(DAY_MICROS)).plus(ASKED_DAY * DAY_MICROS)
        : floor(rand(2).multiply(SPAN_MICROS));
  }

  /** At another time each. */
  private Column happened(int view) {
    if (shape.isOfOneDay()) {
      return col("id").multiply(YEAR_DAYS * DAY_MICROS / rows(view));
    }

    long step = Long.highestOneBit(Math.max(1, rows(view) - 1)) * 2; // at least a number a row
    return floor(rand(20 + view).multiply(SPAN_MICROS / step))
        .multiply(step)
        .plus(pmod(col("id"), lit(step)));
  }

  private Column key(int seed, int skewSeed) {
    long rowsAKey = shape == Shape.NIGHT ? ROWS_A_BUSY_KEY : SPINE_ROWS_A_KEY;
    long keys = Math.max(1, rows / rowsAKey);
    Column even = floor(rand(seed).multiply(keys)).cast("long");
    return switch (shape) {
      case PLAIN, DAY, NIGHT -> even.as("k");
      case SKEW -> when(rand(skewSeed).lt(0.5), lit(0L)).otherwise(even).as("k");
      case DELTA -> concat(lit("customer-"), even.cast("string")).as("s");
    };
  }

  private static Column moment(Column micros) {
    return timestamp_micros(micros.cast("long").plus(FIRST_MICROS));
  }
}
