package org.millrace.jobs.evaluate;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Counts rows by label and prediction, with the rank of the label among the probabilities, in one
 * aggregation. Rows that break the contract are counted by what is wrong with them.
 *
 * @param classes in the order of the probabilities
 * @param epsilon least probability of a label that log loss accepts
 */
record RankedLabels(List<String> classes, double epsilon) {
  static final String SLICE = "slice";
  static final String LABEL = "label";
  static final String PROBABILITIES = "p";

  private static final double SUM_TOLERANCE = 1e-3;
  private static final int MOST_NAMED = 10;
  private static final String PROBLEM = "problem";
  private static final String ACTUAL = "actual";
  private static final String PREDICTED = "predicted";
  private static final String GIVEN = "given";
  private static final String RANK = "rank";

  /**
   * Columns: slice, problem or null, then of rows that have one an example and their count, and of
   * others label, prediction, count, rows whose label ranks below 2, below 3, and summed log loss.
   *
   * @param rows slices, labels as texts, and probabilities as DOUBLE
   */
  Dataset<Row> cells(Dataset<Row> rows) {
    Column clipped = least(greatest(col(GIVEN), lit(epsilon)), lit(1 - epsilon));
    return ranked(rows)
        .groupBy(SLICE, PROBLEM, ACTUAL, PREDICTED)
        .agg(
            count(lit(1)),
            sum(when(col(RANK).lt(2), 1L).otherwise(0L)),
            sum(when(col(RANK).lt(3), 1L).otherwise(0L)),
            sum(negate(log(clipped))),
            min(
                when(
                    col(PROBLEM).isNotNull(),
                    expr("format_string('%s with %s', label, substring(string(p), 1, 200))"))));
  }

  /** Reads a row of {@link #cells} that has no problem. */
  static MulticlassFold.Cell cell(Row row) {
    return new MulticlassFold.Cell(
        row.getInt(2),
        row.getInt(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getDouble(7));
  }

  /**
   * The prediction is the first class of the highest probability, as {@code numpy.argmax} has it.
   * The rank counts classes before the label from 0 on; of equal probabilities the later class
   * comes first, as in scikit-learn's {@code top_k_accuracy_score}.
   */
  private Dataset<Row> ranked(Dataset<Row> rows) {
    Column position = array_position(lit(classes.toArray(String[]::new)), col(LABEL)).minus(1);
    return rows.withColumn(ACTUAL, position.cast("int"))
        .withColumn(PROBLEM, problem())
        .withColumn(ACTUAL, sound(ACTUAL))
        .withColumn(PREDICTED, sound("int(array_position(p, array_max(p)) - 1)"))
        .withColumn(GIVEN, sound("get(p, actual)"))
        .withColumn(
            RANK, sound("size(filter(p, (x, i) -> x > given OR (x = given AND i > actual)))"));
  }

  private static Column sound(String expression) {
    return when(col(PROBLEM).isNull(), expr(expression));
  }

  private Column problem() {
    Column total = expr("aggregate(p, 0D, (s, x) -> s + x)");
    return when(col(LABEL).isNull(), "have no label")
        .when(col(ACTUAL).lt(0), "have a label outside " + named())
        .when(col(PROBABILITIES).isNull(), "have no probabilities")
        .when(
            size(col(PROBABILITIES)).notEqual(classes.size()),
            "have a number of probabilities other than " + classes.size())
        .when(
            expr("exists(p, x -> x IS NULL OR NOT (x >= 0 AND x <= 1))"),
            "have a probability that is null, NaN or outside [0, 1]")
        .when(
            abs(total.minus(1)).gt(SUM_TOLERANCE),
            "have probabilities whose sum differs from 1 by more than " + SUM_TOLERANCE);
  }

  private String named() {
    return classes.size() <= MOST_NAMED
        ? "the classes " + classes
        : "the %d classes, from %s to %s"
            .formatted(classes.size(), classes.get(0), classes.get(classes.size() - 1));
  }
}
