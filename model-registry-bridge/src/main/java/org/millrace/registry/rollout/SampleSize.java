package org.millrace.registry.rollout;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * How many rows an A/B test needs that is looked at once, at its end: two-sided, of a difference of
 * two means, by the normal approximation (Lachin, Introduction to Sample Size Determination and
 * Power Analysis for Clinical Trials, Controlled Clinical Trials 2, 1981). A {@link SequentialTest}
 * needs about 1.7 times the rows for a power of 80 % (0161).
 */
public final class SampleSize {
  /** A {@link SequentialTest} needs so many times the rows, for a power of 80 % (0161). */
  public static final double SEQUENTIAL = 1.7;

  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

  private SampleSize() {}

  /**
   * Rows of each of two equal arms.
   *
   * @param variance of a loss within a day and an arm, at least 0
   * @param effect the difference of mean losses to be found, above 0, in the unit of the loss
   * @param alpha error without a difference, between 0 and 1
   * @param power probability that the difference is found, between 0 and 1
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static long rowsPerArm(double variance, double effect, double alpha, double power) {
    return (long) Math.ceil(2 * effectiveRows(variance, effect, alpha, power));
  }

  /**
   * Rows of both arms together.
   *
   * @param variance of a loss within a day and an arm, at least 0
   * @param effect the difference of mean losses to be found, above 0, in the unit of the loss
   * @param alpha error without a difference, between 0 and 1
   * @param power probability that the difference is found, between 0 and 1
   * @param share of the rows that the treatment gets, between 0 and 1
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static long rows(
      double variance, double effect, double alpha, double power, double share) {
    Probabilities.requireInside(share, "share");
    return (long) Math.ceil(effectiveRows(variance, effect, alpha, power) / (share * (1 - share)));
  }

  /** Treatment times control, divided by both. */
  private static double effectiveRows(double variance, double effect, double alpha, double power) {
    Probabilities.requireInside(alpha, "alpha");
    Probabilities.requireInside(power, "power");
    if (!(variance >= 0) || !Double.isFinite(variance)) {
      throw new IllegalArgumentException(
          "Cannot plan for a variance of " + variance + ": expected a number of at least 0");
    }

    if (!(effect > 0) || !Double.isFinite(effect)) {
      throw new IllegalArgumentException(
          "Cannot plan for a difference of " + effect + ": expected a number above 0");
    }

    double quantiles =
        NORMAL.inverseCumulativeProbability(1 - alpha / 2)
            + NORMAL.inverseCumulativeProbability(power);
    return variance * quantiles * quantiles / (effect * effect);
  }
}
