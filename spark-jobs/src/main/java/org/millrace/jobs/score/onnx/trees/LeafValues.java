package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;
import java.util.BitSet;

/**
 * What leaves add, as an engine numbers them.
 *
 * @param targets by tree: the targets that any of its leaves names, ascending
 * @param floats by tree, place in its targets and leaf; empty for doubles
 * @param doubles the same; empty for floats
 */
@SuppressWarnings("ArrayRecordComponent") // read in inner loops; never changed after it is made
record LeafValues(int[][] targets, float[][][] floats, double[][][] doubles) {
  /**
   * @param orders by tree and leaf number: the leaf's position in the ensemble's tree, or -1 for a
   *     number that no leaf has
   */
  static LeafValues of(Ensemble ensemble, int[][] orders) {
    int count = orders.length;
    int[][] targets = new int[count][];
    float[][][] floats = new float[ensemble.doubles() ? 0 : count][][];
    double[][][] doubles = new double[ensemble.doubles() ? count : 0][][];
    for (int tree = 0; tree < count; tree++) {
      Tree.Leaves leaves = ensemble.trees().get(tree).leaves();
      targets[tree] = targets(leaves, ensemble.targets());
      double[][] values = new double[targets[tree].length][];
      for (int place = 0; place < values.length; place++) {
        values[place] = values(leaves, orders[tree], targets[tree][place], ensemble.aggregate());
      }

      if (ensemble.doubles()) {
        doubles[tree] = values;
      } else {
        floats[tree] = Arrays.stream(values).map(LeafValues::narrow).toArray(float[][]::new);
      }
    }

    return new LeafValues(targets, floats, doubles);
  }

  /** What leaves a target as it is: sums start at 0.0 and so are never -0.0. */
  static double absent(Ensemble.Aggregate aggregate) {
    return switch (aggregate) {
      case SUM, AVERAGE -> 0.0;
      case MIN -> Double.POSITIVE_INFINITY;
      case MAX -> Double.NEGATIVE_INFINITY;
    };
  }

  private static int[] targets(Tree.Leaves leaves, int count) {
    BitSet named = new BitSet(count);
    for (int target : leaves.targets()) {
      named.set(target);
    }

    return named.stream().toArray();
  }

  private static double[] values(
      Tree.Leaves leaves, int[] order, int target, Ensemble.Aggregate aggregate) {
    double absent = absent(aggregate);
    double[] values = new double[order.length];
    for (int at = 0; at < order.length; at++) {
      values[at] = order[at] < 0 ? absent : leaves.weight(order[at], target, absent);
    }

    return values;
  }

  private static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }

    return narrow;
  }
}
