package org.millrace.registry.gate;

/**
 * Between which numbers the difference of two models lies in a metric.
 *
 * @param candidate the metric of the candidate
 * @param champion that of the champion, on the same rows
 * @param low lower end of candidate - champion
 * @param high its upper end
 * @param confidence share of such intervals that hold the true difference
 * @param resamples how many the interval was made of
 */
public record DifferenceInterval(
    double candidate, double champion, double low, double high, double confidence, int resamples) {
  /** What was measured. */
  public double difference() {
    return candidate - champion;
  }

  /** Whether both ends are numbers. */
  public boolean isDefined() {
    return Double.isFinite(low) && Double.isFinite(high);
  }
}
