package org.millrace.registry.rollout;

/**
 * What days show of a difference of two arms, treatment minus control.
 *
 * <p>A day has the weight of its effective rows, {@code treatment * control / (treatment +
 * control)}. It depends on the numbers of rows alone. Weights by estimated precision would depend
 * on the losses: an arm of few rows that met no large loss has a low mean and a low variance, and
 * such days would outweigh the others.
 *
 * @param weight sum of the weights
 * @param score sum of weight times difference
 * @param variance of the score
 * @param control rows of the control
 * @param treatment rows of the treatment
 * @param days how many
 */
record Evidence(
    double weight, double score, double variance, long control, long treatment, int days) {
  static final Evidence NONE = new Evidence(0, 0, 0, 0, 0, 0);

  /**
   * Rows in each arm before there is anything to conclude: means of fewer skewed losses are too far
   * from normal (0161).
   */
  static final long LEAST_ROWS = 300;

  /** With one more day; without it where it has no finite difference and variance. */
  Evidence plus(ArmDay day) {
    LossSums a = day.control();
    LossSums b = day.treatment();
    double difference = b.mean() - a.mean();
    double spread = b.variance() / b.rows() + a.variance() / a.rows();
    if (!Double.isFinite(difference) || !Double.isFinite(spread)) {
      return this;
    }

    double effective = (double) b.rows() * a.rows() / ((double) b.rows() + a.rows());
    return new Evidence(
        weight + effective,
        score + effective * difference,
        variance + effective * effective * spread,
        control + a.rows(),
        treatment + b.rows(),
        days + 1);
  }

  /** The weighted mean of the days' differences; NaN without days. */
  double difference() {
    return score / weight;
  }

  /** One divided by the variance of the difference; 0 where nothing can be concluded yet. */
  double information() {
    boolean isEnough = Math.min(control, treatment) >= LEAST_ROWS && variance > 0;
    double information = isEnough ? weight / variance * weight : 0;
    return Double.isFinite(information) ? information : 0;
  }
}
