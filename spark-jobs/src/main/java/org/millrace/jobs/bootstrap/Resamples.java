package org.millrace.jobs.bootstrap;

import java.util.Arrays;
import org.millrace.registry.gate.DifferenceInterval;

/**
 * A metric of both models in each resample; the first value is that of the rows as they are. Its
 * arrays are not written any more.
 */
public final class Resamples {
  /** Of resamples in which the metric is defined: fewer make no interval. */
  private static final double LEAST_SHARE = 0.95;

  private final double[] candidate;
  private final double[] champion;

  Resamples(double[] candidate, double[] champion) {
    this.candidate = candidate;
    this.champion = champion;
  }

  /**
   * The percentile interval of the difference (Efron, Tibshirani, An Introduction to the Bootstrap,
   * 1993, 13.3), between order statistics by linear interpolation. Resamples in which the metric is
   * undefined do not count; where they are more than one in 20, the ends are NaN.
   *
   * @param confidence in (0, 1)
   */
  public DifferenceInterval interval(double confidence) {
    double[] differences = new double[candidate.length - 1];
    int defined = 0;
    for (int resample = 1; resample < candidate.length; resample++) {
      double difference = candidate[resample] - champion[resample];
      if (!Double.isNaN(difference)) {
        differences[defined++] = difference;
      }
    }

    if (defined < LEAST_SHARE * differences.length) {
      return new DifferenceInterval(
          candidate[0], champion[0], Double.NaN, Double.NaN, confidence, defined);
    }

    double[] sorted = Arrays.copyOf(differences, defined);
    Arrays.sort(sorted);
    double tail = (1 - confidence) / 2;
    return new DifferenceInterval(
        candidate[0],
        champion[0],
        quantile(sorted, tail),
        quantile(sorted, 1 - tail),
        confidence,
        defined);
  }

  private static double quantile(double[] sorted, double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }

    double at = share * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
