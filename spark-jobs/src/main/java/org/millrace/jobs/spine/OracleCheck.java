package org.millrace.jobs.spine;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import scala.collection.JavaConverters;

/**
 * Compares a sample of what a run is about to make visible with what brute force finds for the same
 * rows. The sample follows from the ids alone: the same run samples the same rows again.
 *
 * <p>Placement: driver only; holds the sample of both sides.
 */
public final class OracleCheck {
  /** About how many rows are sampled; all of them where there are fewer. */
  public static final int ROWS = 128;

  /** Name of the count of compared rows in a result. */
  public static final String COUNT = "oracle_rows";

  private final String what;
  private final List<String> id;
  private final long oneIn;
  private final Map<String, Double> tolerances = new HashMap<>();

  /**
   * Prepares a check.
   *
   * @param what the rows are, for messages
   * @param id columns that name a row
   * @param rows of the whole
   */
  public OracleCheck(String what, List<String> id, long rows) {
    this.what = what;
    this.id = List.copyOf(id);
    this.oneIn = Math.max(1, rows / ROWS);
  }

  /**
   * Lets a column differ by this much, relative to its value and at least to 1. Every other column
   * must be equal bit for bit.
   */
  public OracleCheck tolerate(String column, double relative) {
    tolerances.put(column, relative);
    return this;
  }

  /** The sampled ones of some rows. */
  public Dataset<Row> sample(Dataset<Row> rows) {
    Column hash = xxhash64(id.stream().map(functions::col).toArray(Column[]::new));
    return rows.where(pmod(hash, lit(oneIn)).equalTo(0));
  }

  /**
   * Compares every column of the expected rows.
   *
   * @param expected the sampled rows as they must be
   * @param actual all rows of the run, with at least the same columns
   * @return how many rows were compared
   * @throws MillraceException of category INTERNAL where a row is missing, surplus or different
   */
  public long requireEqual(Dataset<Row> expected, Dataset<Row> actual) {
    return requireEqual(expected, actual, List.of()).size();
  }

  /**
   * Compares every column of the expected rows, but those that are beside.
   *
   * @param expected the sampled rows as they must be
   * @param actual all rows of the run, with at least the same columns
   * @param beside columns of the expected rows that are not compared
   * @return the expected rows
   * @throws MillraceException of category INTERNAL where a row is missing, surplus or different
   */
  public List<Row> requireEqual(Dataset<Row> expected, Dataset<Row> actual, List<String> beside) {
    String[] columns =
        Arrays.stream(expected.columns())
            .filter(column -> !beside.contains(column))
            .toArray(String[]::new);
    Map<List<Object>, Row> found = new HashMap<>();
    Column[] same = Arrays.stream(columns).map(functions::col).toArray(Column[]::new);
    for (Row row : sample(actual).select(same).collectAsList()) {
      found.put(idOf(row), row);
    }

    List<Row> wanted = expected.collectAsList();
    if (wanted.size() != found.size()) {
      throw wrong(wanted.size() + " rows of the sample are expected and " + found.size() + " came");
    }
    for (Row row : wanted) {
      requireEqual(columns, row, found.get(idOf(row)));
    }

    return wanted;
  }

  private void requireEqual(String[] columns, Row expected, @Nullable Row actual) {
    if (actual == null) {
      throw wrong("row " + idOf(expected) + " is missing");
    }
    for (int i = 0; i < columns.length; i++) {
      double tolerance = tolerances.getOrDefault(columns[i], 0.0);
      if (!isSame(expected.getAs(columns[i]), actual.getAs(columns[i]), tolerance)) {
        throw wrong(
            "'"
                + columns[i]
                + "' of row "
                + idOf(expected)
                + " is expected to be "
                + expected.getAs(columns[i])
                + " and is "
                + actual.getAs(columns[i]));
      }
    }
  }

  /** NaN is NaN. Both zeros are one: Spark's order, which breaks ties, does not tell them apart. */
  private static boolean isSame(@Nullable Object a, @Nullable Object b, double tolerance) {
    if (a != null && b != null && isFloating(a) && isFloating(b) && !a.equals(b)) {
      double expected = ((Number) a).doubleValue();
      double difference = Math.abs(expected - ((Number) b).doubleValue());
      return a.getClass() == b.getClass()
          && difference <= tolerance * Math.max(1, Math.abs(expected));
    }

    if (a instanceof scala.collection.Seq<?> list && b instanceof scala.collection.Seq<?> other) {
      List<?> these = JavaConverters.seqAsJavaList(list);
      List<?> those = JavaConverters.seqAsJavaList(other);
      return these.size() == those.size()
          && IntStream.range(0, these.size())
              .allMatch(i -> isSame(these.get(i), those.get(i), tolerance));
    }

    return Objects.deepEquals(a, b);
  }

  private static boolean isFloating(@Nullable Object value) {
    return value instanceof Double || value instanceof Float;
  }

  private List<Object> idOf(Row row) {
    return id.stream().<Object>map(row::getAs).toList();
  }

  private MillraceException wrong(String problem) {
    return new MillraceException(
        ErrorCategory.INTERNAL,
        "Cannot accept "
            + what
            + ": brute force over the same table versions finds otherwise, "
            + problem
            + "; nothing was made visible: report this; a column of a view that is looked up may be right"
            + " with spark.millrace.asof.strategy=SORT");
  }
}
