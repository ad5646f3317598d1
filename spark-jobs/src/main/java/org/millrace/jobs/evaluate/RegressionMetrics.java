package org.millrace.jobs.evaluate;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A summary of a regression, and the series that pictures are drawn from.
 *
 * @param summary the numbers
 * @param residuals 20 bins of equal width between the least and the greatest residual, ascending,
 *     empty ones too; a single bin if all residuals are equal
 * @param calibration at most 10 groups of about as many rows, by ascending score
 */
public record RegressionMetrics(
    RegressionSummary summary, List<ResidualBin> residuals, List<CalibrationGroup> calibration)
    implements TaskMetrics {

  /** Copies the lists. */
  public RegressionMetrics {
    requireNonNull(summary, "summary is null");
    residuals = List.copyOf(residuals);
    calibration = List.copyOf(calibration);
  }

  /**
   * Rows whose residual, score - label, lies in [{@code from}, {@code to}); the last bin includes
   * {@code to}.
   */
  public record ResidualBin(double from, double to, long rows) {}

  /**
   * Rows between two deciles of the score, the upper one included. Equal scores are never parted,
   * so ties make some groups larger and leave others out.
   *
   * @param rows at least 1
   */
  public record CalibrationGroup(long rows, double meanScore, double meanLabel) {}
}
