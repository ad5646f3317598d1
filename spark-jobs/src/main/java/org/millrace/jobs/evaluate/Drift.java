package org.millrace.jobs.evaluate;

/**
 * How far a feature is from its reference.
 *
 * @param psi population stability index, at least 0
 * @param chance probability of a difference at least as large if nothing changed, 0 to 1; it takes
 *     rows for independent of one another
 * @param referenceNullRate share of null or NaN values in the reference
 * @param nullRate share of null or NaN values now
 * @param rows rows now, at least 1
 */
public record Drift(
    double psi, double chance, double referenceNullRate, double nullRate, long rows) {
  /** Less probable differences are no chance; a hundred features a day give one in ten days. */
  public static final double RARE = 0.001;

  /**
   * Whether it drifted: the index is large, and that is not because there are few rows.
   *
   * @param psiWarning the index from which on it counts
   */
  public boolean isDrifted(double psiWarning) {
    return psi >= psiWarning && chance < RARE;
  }
}
