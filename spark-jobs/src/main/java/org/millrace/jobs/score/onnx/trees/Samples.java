package org.millrace.jobs.score.onnx.trees;

import java.util.ArrayList;
import java.util.List;
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
  private final List<List<Double>> thresholds = new ArrayList<>();
  private final boolean doubles;

  Samples(Ensemble ensemble, int features) {
    this.doubles = ensemble.doubles();
    for (int feature = 0; feature < features; feature++) {
      thresholds.add(new ArrayList<>());
    }

    for (Tree tree : ensemble.trees()) {
      for (int at = 0; at < tree.features().length; at++) {
        thresholds.get(tree.features()[at]).add(tree.thresholds()[at]);
      }
    }
  }

  /** By feature and row. */
  float[][] floats(int rows) {
    float[][] columns = new float[thresholds.size()][rows];
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
    double[][] columns = new double[thresholds.size()][rows];
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
    List<Double> own = thresholds.get(feature);
    if (own.isEmpty()) {
      return random.nextGaussian();
    }

    double threshold = own.get(random.nextInt(own.size()));
    return switch (random.nextInt(6)) {
      case 0 -> threshold;
      case 1 -> doubles ? Math.nextUp(threshold) : Math.nextUp((float) threshold);
      case 2 -> doubles ? Math.nextDown(threshold) : Math.nextDown((float) threshold);
      case 3 -> threshold + random.nextGaussian();
      case 4 -> threshold * (1 + random.nextGaussian() / 8);
      default -> {
        double other = own.get(random.nextInt(own.size()));
        yield threshold + (other - threshold) * random.nextDouble();
      }
    };
  }
}
