package org.millrace.jobs.score.onnx.trees;

import java.util.List;

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
    List<Leaf> leaves) {
  /**
   * What a row that ends here adds.
   *
   * @param targets ascending, each once
   * @param weights by target
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Leaf(int[] targets, double[] weights) {}
}
