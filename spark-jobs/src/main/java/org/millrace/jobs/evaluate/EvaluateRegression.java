package org.millrace.jobs.evaluate;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.millrace.jobs.evaluate.RegressionTotals.LABEL;
import static org.millrace.jobs.evaluate.RegressionTotals.SCORE;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.MillraceException;

/**
 * Compares predicted numbers with labels that have become known. Driver; Spark computes labels and
 * scores once, keeps them for the length of a call, and passes over them twice: sums and extremes
 * first, then what is relative to these. The driver gets a row for each slice or bin.
 *
 * <p>Formulae: RMSE, MAE and R2 as scikit-learn's {@code root_mean_squared_error}, {@code
 * mean_absolute_error} and {@code r2_score}, except that R2 is undefined if it divides by zero;
 * WAPE after Kolassa and Schuetz, Advantages of the MAD/Mean ratio over the MAPE, Foresight 6,
 * 2007.
 */
public final class EvaluateRegression implements Evaluator {
  private static final String DAY = "day";
  private static final String SHIFT = "shift";
  private static final StructType SHIFTS =
      new StructType().add(DAY, DataTypes.LongType).add(SHIFT, DataTypes.DoubleType);

  /**
   * All rows as one slice.
   *
   * @param label column of numbers
   * @param score column of numbers
   * @throws MillraceException DATA_CONTRACT if there is no row, a column does not consist of
   *     numbers, a label or a score is null, NaN or infinite, or squares are too large for DOUBLE
   */
  @Override
  public RegressionMetrics evaluate(Dataset<Row> rows, String label, String score) {
    EvaluatedColumn evaluated = new EvaluatedColumn(score);
    Dataset<Row> pairs = pairs(rows, EvaluatedColumn.oneSlice(), label, evaluated);
    try {
      RegressionTotals totals = totals(pairs, label, evaluated).get(0L);
      if (totals == null) {
        throw evaluated.broken("there is no row, RMSE and its like need at least one");
      }

      RegressionMetrics metrics = RegressionSeries.metrics(pairs, totals);
      requireInRange(metrics.summary(), evaluated);
      return metrics;
    } finally {
      pairs.unpersist();
    }
  }

  /**
   * Each day's summary.
   *
   * @param day column of type DATE; must not be null
   * @return by day, ascending; days without rows are absent
   * @throws MillraceException DATA_CONTRACT as {@link #evaluate}, except that no rows give no days
   */
  @Override
  public Map<LocalDate, RegressionSummary> evaluateByDay(
      Dataset<Row> rows, String day, String label, String score) {
    EvaluatedColumn evaluated = new EvaluatedColumn(score);
    Dataset<Row> pairs = pairs(rows, evaluated.slice(rows, day), label, evaluated);
    try {
      Map<LocalDate, RegressionSummary> summaries = new TreeMap<>();
      summaries(pairs, totals(pairs, label, evaluated))
          .forEach(
              (slice, summary) -> {
                requireInRange(summary, evaluated);
                summaries.put(evaluated.date(slice, day), summary);
              });
      return summaries;
    } finally {
      pairs.unpersist();
    }
  }

  private static Dataset<Row> pairs(
      Dataset<Row> rows, Column slice, String label, EvaluatedColumn score) {
    return rows.select(
            slice.as(DAY),
            number(rows, label, score).as(LABEL),
            number(rows, score.name(), score).as(SCORE))
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static Column number(Dataset<Row> rows, String name, EvaluatedColumn score) {
    DataType type = EvaluatedColumn.type(rows, name);
    if (!(type instanceof NumericType)) {
      throw score.broken("column " + name + " is " + type.sql() + " vs a number");
    }

    return ProfiledColumns.column(rows, name).cast(DataTypes.DoubleType);
  }

  /** The first pass: totals by slice, all of finite numbers. */
  private static Map<Long, RegressionTotals> totals(
      Dataset<Row> pairs, String label, EvaluatedColumn score) {
    List<Row> slices = RegressionTotals.of(pairs.groupBy(DAY)).collectAsList();
    requireFinite(RegressionTotals.badLabels(slices), label, score);
    requireFinite(RegressionTotals.badScores(slices), score.name(), score);
    Map<Long, RegressionTotals> totals = new TreeMap<>();
    slices.forEach(slice -> totals.put(slice.getLong(0), RegressionTotals.read(slice)));
    return totals;
  }

  private static void requireFinite(long bad, String column, EvaluatedColumn score) {
    if (bad > 0) {
      throw score.broken(
          "column %s is null, NaN or infinite in %d rows; evaluate only rows whose label and score are known"
              .formatted(column, bad));
    }
  }

  /** The second pass: labels relative to their slice's mean. */
  private static Map<Long, RegressionSummary> summaries(
      Dataset<Row> pairs, Map<Long, RegressionTotals> totals) {
    List<Row> shifts = new ArrayList<>();
    totals.forEach((slice, sums) -> shifts.add(RowFactory.create(slice, sums.meanLabel())));
    Column shifted = col(LABEL).minus(col(SHIFT));
    Map<Long, RegressionSummary> summaries = new TreeMap<>();
    pairs
        .join(broadcast(pairs.sparkSession().createDataFrame(shifts, SHIFTS)), DAY)
        .groupBy(DAY)
        .agg(sum(shifted), sum(shifted.multiply(shifted)))
        .collectAsList()
        .forEach(
            row ->
                summaries.put(
                    row.getLong(0),
                    requireNonNull(totals.get(row.getLong(0)), "slices are those of the first pass")
                        .summary(row.getDouble(1), row.getDouble(2))));
    return summaries;
  }

  private static void requireInRange(RegressionSummary summary, EvaluatedColumn score) {
    if (!summary.asMap().values().stream().allMatch(Double::isFinite)) {
      throw score.broken(
          "errors or labels are too large: their squares exceed the range of DOUBLE");
    }
  }
}
