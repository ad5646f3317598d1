package org.millrace.jobs.bootstrap;

import java.io.Serializable;

/**
 * How often a row is drawn in each resample: numbers of the Poisson distribution of mean 1, which
 * is what drawing as many rows as there are, with replacement, comes to (Chamandy, Muralidharan,
 * Najmi, Naidu, Estimating Uncertainty for Massive Data Streams, Google, 2012). They follow from
 * the seed and the row's key alone: the same row has the same ones for both models, wherever it is.
 * Immutable; travels to executors.
 *
 * @param seed of all rows
 * @param resamples at least 1
 */
record PoissonWeights(long seed, int resamples) implements Serializable {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double ULP = 0x1p-53;

  /** P(X <= k): beyond the last one no double of 53 bits lies. */
  private static final double[] CUMULATIVE = cumulative();

  /**
   * Draws. The first number is 1: the rows as they are.
   *
   * @param row key, unique in the sample
   * @param into of a length of {@code resamples + 1}
   */
  void draw(long row, double[] into) {
    long state = mix(seed + GOLDEN) ^ mix(row + 2 * GOLDEN);
    into[0] = 1;
    for (int resample = 1; resample <= resamples; resample++) {
      state += GOLDEN;
      double uniform = (mix(state) >>> 11) * ULP;
      int drawn = 0;
      while (uniform >= CUMULATIVE[drawn]) {
        drawn++;
      }

      into[resample] = drawn;
    }
  }

  private static double[] cumulative() {
    double[] sums = new double[20];
    double probability = Math.exp(-1);
    double sum = 0;
    for (int k = 0; k < sums.length; k++) {
      sum += probability;
      sums[k] = sum;
      probability /= k + 1;
    }

    sums[sums.length - 1] = 1;
    return sums;
  }

  /** The output function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
