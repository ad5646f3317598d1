package org.millrace.jobs.evaluate;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.RelationalGroupedDataset;
import org.apache.spark.sql.Row;

/**
 * What one aggregation knows of a slice whose labels and scores are finite. The squares of the
 * labels are not among it: they need the mean first, because squares of large labels that differ
 * little lose all digits of their difference (Chan, Golub, LeVeque, Algorithms for Computing the
 * Sample Variance, The American Statistician 37, 1983).
 */
record RegressionTotals(
    long rows,
    double errors,
    double absoluteErrors,
    double squaredErrors,
    double absoluteLabels,
    double meanScore,
    double meanLabel,
    Range labels,
    Range residuals) {
  static final String LABEL = "label";
  static final String SCORE = "score";

  /** The least and the greatest of some values. */
  record Range(double least, double greatest) {
    boolean isPoint() {
      return least == greatest;
    }
  }

  /** The residual: what is added to the label makes the score. */
  static Column error() {
    return col(SCORE).minus(col(LABEL));
  }

  /** Totals of each group, after the one column that it is grouped by. */
  static Dataset<Row> of(RelationalGroupedDataset slices) {
    return slices.agg(
        sum(bad(LABEL)),
        sum(bad(SCORE)),
        count(lit(1)),
        sum(error()),
        sum(abs(error())),
        sum(error().multiply(error())),
        sum(abs(col(LABEL))),
        avg(col(SCORE)),
        avg(col(LABEL)),
        min(col(LABEL)),
        max(col(LABEL)),
        min(error()),
        max(error()));
  }

  private static Column bad(String column) {
    Column value = col(column);
    Column infinite = abs(value).equalTo(Double.POSITIVE_INFINITY);
    return when(value.isNull().or(value.isNaN()).or(infinite), 1L).otherwise(0L);
  }

  /** Rows of all groups whose label is null, NaN or infinite. */
  static long badLabels(List<Row> groups) {
    return groups.stream().mapToLong(group -> group.getLong(1)).sum();
  }

  /** Rows of all groups whose score is null, NaN or infinite. */
  static long badScores(List<Row> groups) {
    return groups.stream().mapToLong(group -> group.getLong(2)).sum();
  }

  /** Reads a row of {@link #of} that has no bad label and no bad score. */
  static RegressionTotals read(Row group) {
    return new RegressionTotals(
        group.getLong(3),
        group.getDouble(4),
        group.getDouble(5),
        group.getDouble(6),
        group.getDouble(7),
        group.getDouble(8),
        group.getDouble(9),
        new Range(group.getDouble(10), group.getDouble(11)),
        new Range(group.getDouble(12), group.getDouble(13)));
  }

  /**
   * The numbers.
   *
   * @param shifted sum of label - {@link #meanLabel}: what rounding has left in the mean, times
   *     rows
   * @param shiftedSquares sum of (label - {@link #meanLabel})^2
   */
  RegressionSummary summary(double shifted, double shiftedSquares) {
    double squaredLabels = shiftedSquares - shifted * shifted / rows;
    boolean constant = labels.isPoint() || squaredLabels <= 0;
    return new RegressionSummary(
        rows,
        Math.sqrt(squaredErrors / rows),
        absoluteErrors / rows,
        absoluteLabels == 0
            ? OptionalDouble.empty()
            : OptionalDouble.of(absoluteErrors / absoluteLabels),
        constant ? OptionalDouble.empty() : OptionalDouble.of(1 - squaredErrors / squaredLabels),
        errors / rows,
        meanScore,
        meanLabel + shifted / rows);
  }
}
