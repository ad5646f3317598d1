package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;
import java.util.Random;

/**
 * Inputs that try a forest: thresholds and their neighbours, numbers around them, zeros of both
 * signs, infinities, extremes, and NaN of both signs, quiet and signalling. The same for the same
 * forest. Not thread-safe.
 */
final class Samples {
  private static final int[] FLOATS = {
    0x7fc00000,
    0xffc00000,
    0x7f800001,
    0xffffffff,
    0x7f800000,
    0xff800000,
    0,
    0x80000000,
    1,
    0x80000001,
    0x7f7fffff,
    0xff7fffff
  };

  private final Random random = new Random(20130101L);
  private final double[][] thresholds;
  private final boolean doubles;

  Samples(Ensemble ensemble, int features) {
    this.doubles = ensemble.doubles();
    int[] counts = new int[features];
    for (Tree tree : ensemble.trees()) {
      for (int feature : tree.features()) {
        counts[feature]++;
      }
    }

    this.thresholds =
        Arrays.stream(counts).mapToObj(count -> new double[count]).toArray(double[][]::new);
    int[] filled = new int[features];
    for (Tree tree : ensemble.trees()) {
      for (int at = 0; at < tree.features().length; at++) {
        int feature = tree.features()[at];
        thresholds[feature][filled[feature]++] = tree.thresholds()[at];
      }
    }
  }

  /** By feature and row. */
  float[][] floats(int rows) {
    float[][] columns = new float[thresholds.length][rows];
    for (int feature = 0; feature < columns.length; feature++) {
      for (int row = 0; row < rows; row++) {
        columns[feature][row] =
            random.nextInt(16) == 0
                ? Float.intBitsToFloat(FLOATS[random.nextInt(FLOATS.length)])
                : (float) near(feature);
      }
    }

    return columns;
  }

  /** By feature and row. */
  double[][] doubles(int rows) {
    double[][] columns = new double[thresholds.length][rows];
    for (int feature = 0; feature < columns.length; feature++) {
      for (int row = 0; row < rows; row++) {
        columns[feature][row] =
            random.nextInt(16) == 0
                ? Float.intBitsToFloat(FLOATS[random.nextInt(FLOATS.length)])
                : near(feature);
      }
    }

    return columns;
  }

  private double near(int feature) {
    double[] own = thresholds[feature];
    if (own.length == 0) {
      return random.nextGaussian();
    }

    double threshold = own[random.nextInt(own.length)];
    return switch (random.nextInt(6)) {
      case 0 -> threshold;
      case 1 -> doubles ? Math.nextUp(threshold) : Math.nextUp((float) threshold);
      case 2 -> doubles ? Math.nextDown(threshold) : Math.nextDown((float) threshold);
      case 3 -> threshold + random.nextGaussian();
      case 4 -> threshold * (1 + random.nextGaussian() / 8);
      default -> {
        double other = own[random.nextInt(own.length)];
        yield threshold + (other - threshold) * random.nextDouble();
      }
    };
  }
}
