package org.millrace.registry.rollout;

/**
 * A loss summed over rows of one arm on one day.
 *
 * @param rows how many, at least 0
 * @param sum of the losses, in their unit; not finite if a loss is not
 * @param squares sum of the squared losses
 */
public record LossSums(long rows, double sum, double squares) {
  /** Of no rows. */
  public static final LossSums NONE = new LossSums(0, 0, 0);

  /** Checks the number of rows. */
  public LossSums {
    if (rows < 0) {
      throw new IllegalArgumentException("Cannot sum losses of " + rows + " rows: the lowest is 0");
    }
  }

  /** The mean loss; NaN without rows. */
  public double mean() {
    return sum / rows;
  }

  /**
   * The unbiased variance of a loss; NaN below two rows. Never negative: where rounding of the sums
   * would make it so, it is 0.
   */
  public double variance() {
    if (rows < 2) {
      return Double.NaN;
    }

    return Math.max(0, (squares - sum / rows * sum) / (rows - 1));
  }

  boolean isFinite() {
    return Double.isFinite(sum) && Double.isFinite(squares);
  }

  /** These rows and those. */
  public LossSums plus(LossSums other) {
    return new LossSums(rows + other.rows, sum + other.sum, squares + other.squares);
  }
}
