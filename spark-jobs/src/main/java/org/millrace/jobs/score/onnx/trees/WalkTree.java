package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;

/**
 * A tree laid out for walking, its root at 0.
 *
 * @param nodes as {@link WalkEngine} packs them
 * @param leaves by node, the leaf's number, or -1 at a branch
 * @param depth steps from the root to the deepest leaf
 */
@SuppressWarnings("ArrayRecordComponent") // read in inner loops; never changed after it is made
record WalkTree(long[] nodes, int[] leaves, int depth) {
  static WalkTree of(SplitTree tree, Forest forest) {
    return new Layout(tree, forest).build();
  }

  /** Breadth first; what two branches share is laid out once, below a copy of its top for each. */
  private static final class Layout {
    private final SplitTree tree;
    private final Forest forest;
    private final int[] children;
    private final int[] references;
    private int size = 1;

    Layout(SplitTree tree, Forest forest) {
      this.tree = tree;
      this.forest = forest;
      this.children = new int[tree.axes().length];
      this.references = new int[2 * tree.axes().length + 1];
    }

    WalkTree build() {
      references[0] = tree.root();
      for (int at = 0; at < size; at++) {
        int node = references[at];
        if (node >= 0 && children[node] == 0) {
          children[node] = size;
          references[size++] = tree.low()[node];
          references[size++] = tree.high()[node];
        }
      }

      long[] nodes = new long[size];
      int[] leaves = new int[size];
      for (int at = 0; at < size; at++) {
        int node = references[at];
        nodes[at] = node < 0 ? packed(Integer.MAX_VALUE, at, 0) : branch(node);
        leaves[at] = node < 0 ? ~node : -1;
      }

      return new WalkTree(nodes, Arrays.copyOf(leaves, size), tree.depth());
    }

    private long branch(int node) {
      int axis = tree.axes()[node];
      long key = tree.thresholds()[node];
      // a key of a double does not fit beside the rest
      long threshold = forest.space() == KeySpace.DOUBLE ? forest.axes().get(axis).rank(key) : key;
      return packed(threshold, children[node], axis);
    }

    private static long packed(long threshold, int child, int axis) {
      return threshold << 32 | (((long) child << WalkEngine.AXIS_BITS | axis) & 0xffffffffL);
    }
  }
}
