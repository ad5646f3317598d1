package org.millrace.jobs.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.millrace.jobs.evaluate.RegressionTotals.LABEL;
import static org.millrace.jobs.evaluate.RegressionTotals.SCORE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.jobs.evaluate.RegressionMetrics.CalibrationGroup;
import org.millrace.jobs.evaluate.RegressionMetrics.ResidualBin;

/**
 * Counts rows by bin of the residual and group of the score, with what each cell adds to the
 * summary. Not thread-safe.
 *
 * <p>Deciles of the score are Spark's approximate quantiles (Greenwald, Khanna, Space-Efficient
 * Online Computation of Quantile Summaries, SIGMOD 2001): the score at rank ceil(rows x share),
 * missed by at most one rank in 10,000.
 */
final class RegressionSeries {
  private static final int BINS = 20;
  private static final double[] DECILES = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
  private static final double RANK_ERROR = 1e-4;

  private final RegressionTotals totals;
  private final List<Double> edges;
  private final long[] binRows;
  private final long[] groupRows = new long[DECILES.length + 1];
  private final double[] scores = new double[DECILES.length + 1];
  private final double[] shifted = new double[DECILES.length + 1];
  private double shiftedSquares;

  private RegressionSeries(RegressionTotals totals) {
    this.totals = totals;
    this.edges = edges(totals.residuals());
    this.binRows = new long[edges.size() - 1];
  }

  /**
   * Passes over a slice once more, after its totals are known, and once for the deciles.
   *
   * @param pairs labels and scores, finite
   */
  static RegressionMetrics metrics(Dataset<Row> pairs, RegressionTotals totals) {
    RegressionSeries series = new RegressionSeries(totals);
    series.addAll(pairs, pairs.stat().approxQuantile(SCORE, DECILES, RANK_ERROR));
    return new RegressionMetrics(
        totals.summary(Arrays.stream(series.shifted).sum(), series.shiftedSquares),
        series.residuals(),
        series.calibration());
  }

  /** Bounds of the bins, the outermost ones included. */
  private static List<Double> edges(RegressionTotals.Range residuals) {
    if (residuals.isPoint()) {
      return List.of(residuals.least(), residuals.greatest());
    }

    double width = (residuals.greatest() - residuals.least()) / BINS;
    List<Double> edges = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      edges.add(residuals.least() + bin * width);
    }

    edges.add(residuals.greatest()); // rounding must not leave the greatest out
    return edges;
  }

  private void addAll(Dataset<Row> pairs, double[] deciles) {
    double[] inner =
        edges.subList(1, edges.size() - 1).stream().mapToDouble(Double::doubleValue).toArray();
    Column difference = col(LABEL).minus(totals.meanLabel());
    pairs
        .groupBy(
            // named, since an unnamed literal would be the position of a column
            passed(inner, RegressionTotals.error()::geq).as("bin"),
            passed(deciles, col(SCORE)::gt).as("group"))
        .agg(count(lit(1)), sum(col(SCORE)), sum(difference), sum(difference.multiply(difference)))
        .collectAsList()
        .forEach(this::add);
  }

  /** How many of some bounds a value has passed. */
  private static Column passed(double[] bounds, DoubleFunction<Column> passes) {
    return Arrays.stream(bounds)
        .mapToObj(bound -> passes.apply(bound).cast(DataTypes.IntegerType))
        .reduce(lit(0), Column::plus);
  }

  private void add(Row cell) {
    int group = cell.getInt(1);
    binRows[cell.getInt(0)] += cell.getLong(2);
    groupRows[group] += cell.getLong(2);
    scores[group] += cell.getDouble(3);
    shifted[group] += cell.getDouble(4);
    shiftedSquares += cell.getDouble(5);
  }

  private List<ResidualBin> residuals() {
    List<ResidualBin> bins = new ArrayList<>();
    for (int bin = 0; bin < binRows.length; bin++) {
      bins.add(new ResidualBin(edges.get(bin), edges.get(bin + 1), binRows[bin]));
    }

    return bins;
  }

  private List<CalibrationGroup> calibration() {
    List<CalibrationGroup> groups = new ArrayList<>();
    for (int group = 0; group < groupRows.length; group++) {
      if (groupRows[group] > 0) {
        groups.add(
            new CalibrationGroup(
                groupRows[group],
                scores[group] / groupRows[group],
                totals.meanLabel() + shifted[group] / groupRows[group]));
      }
    }

    return groups;
  }
}
