package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;

/**
 * A tree as the file has it: branches by position, the root first. Children of 0 or more are
 * branches, others are leaves, {@code ~child} being the leaf's position.
 *
 * @param root 0, or -1 where the first leaf is the whole tree
 * @param features tensor columns
 * @param thresholds floats where the model takes floats
 * @param missingYes whether NaN goes the way of a true comparison
 * @param yes child where the comparison is true
 * @param no child where it is false
 */
@SuppressWarnings("ArrayRecordComponent") // read-only data of a package-private step
record Tree(
    int root,
    int[] features,
    double[] thresholds,
    Mode[] modes,
    boolean[] missingYes,
    int[] yes,
    int[] no,
    Leaves leaves) {
  /**
   * What rows add that end at a leaf: a forest has millions, hence no object for each.
   *
   * @param first by leaf, where its targets and weights begin; one more at the end
   * @param targets of a leaf ascending, each once
   * @param weights by target
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Leaves(int[] first, int[] targets, double[] weights) {
    int count() {
      return first.length - 1;
    }

    /** What the leaf adds to a target. */
    double weight(int leaf, int target, double absent) {
      int at = Arrays.binarySearch(targets, first[leaf], first[leaf + 1], target);
      return at < 0 ? absent : weights[at];
    }
  }
}
