package org.millrace.jobs.evaluate;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A summary, and the series that pictures are drawn from.
 *
 * @param summary the numbers
 * @param roc from (0, 0) to (1, 1), at most 200 points; empty where a class is missing
 * @param calibration bins that have rows, of 10 equal widths, ascending
 * @param histogram 20 bins of equal width, ascending, empty ones too
 */
public record BinaryMetrics(
    ScoreSummary summary,
    List<RocPoint> roc,
    List<CalibrationBin> calibration,
    List<ScoreBin> histogram)
    implements TaskMetrics {

  /** Copies the lists. */
  public BinaryMetrics {
    requireNonNull(summary, "summary is null");
    roc = List.copyOf(roc);
    calibration = List.copyOf(calibration);
    histogram = List.copyOf(histogram);
  }

  /** One threshold: shares of the negatives and of the positives that score at least as high. */
  public record RocPoint(double falsePositiveRate, double truePositiveRate) {}

  /**
   * Rows whose score lies in [{@code from}, {@code to}); the last bin includes 1.
   *
   * @param meanScore mean probability of its rows
   * @param observedRate share of its rows whose label is 1
   */
  public record CalibrationBin(
      double from, double to, long rows, double meanScore, double observedRate) {}

  /** Rows whose score lies in [{@code from}, {@code to}); the last bin includes 1. */
  public record ScoreBin(double from, double to, long rows, long positives) {}

  /** Rows whose label is 1. */
  public long positives() {
    return summary.positives();
  }

  /** Area under the ROC curve; NaN where a class is missing. */
  public double auc() {
    return summary.auc();
  }

  /** Area under the precision-recall curve; empty if no label is 1 or it was not measured. */
  public OptionalDouble prAuc() {
    return summary.prAuc();
  }

  /** Mean log loss. */
  public double logLoss() {
    return summary.logLoss();
  }

  /** Brier score. */
  public double brier() {
    return summary.brier();
  }

  /** Expected calibration error. */
  public double calibrationError() {
    return summary.calibrationError();
  }

  /** Share of positives. */
  public double baseRate() {
    return summary.baseRate();
  }

  /** Mean probability. */
  public double meanScore() {
    return summary.meanScore();
  }
}
