package org.millrace.jobs.score.onnx.trees;

/**
 * A tree in which every branch asks one thing: whether the value's rank on an axis is above a
 * number. References are as in {@link Tree}. Two branches may share what lies below them (an
 * equality is two branches with one outcome in common): then {@code shared} is true.
 *
 * @param axes by branch
 * @param thresholds keys of its axis
 * @param low where the value is not above the threshold
 * @param high where it is
 */
@SuppressWarnings("ArrayRecordComponent") // read-only data of a package-private step
record SplitTree(
    int root, int[] axes, long[] thresholds, int[] low, int[] high, int leaves, boolean shared) {
  /** Branches on the longest way down. */
  int depth() {
    return depth(root);
  }

  private int depth(int node) {
    return node < 0 ? 0 : 1 + Math.max(depth(low[node]), depth(high[node]));
  }
}
