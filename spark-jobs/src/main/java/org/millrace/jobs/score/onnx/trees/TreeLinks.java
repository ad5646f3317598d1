package org.millrace.jobs.score.onnx.trees;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which node leads to which, as positions in an operator's lists; {@code -1} for a leaf. Nodes may
 * be shared, as LightGBM's converter does for sets of categories; loops are refused.
 *
 * @param roots where walks begin
 * @param yes where each node leads if its condition holds
 * @param no where it leads otherwise
 */
@SuppressWarnings("ArrayRecordComponent") // read-only data of a package-private step
record TreeLinks(int[] roots, int[] yes, int[] no) {
  /** Of the older operators: nodes by tree and number. */
  static TreeLinks listed(Attributes attributes) {
    long[] trees = attributes.integers("nodes_treeids");
    long[] nodes = sized(attributes, "nodes_nodeids", trees.length);
    long[] yes = sized(attributes, "nodes_truenodeids", trees.length);
    long[] no = sized(attributes, "nodes_falsenodeids", trees.length);
    List<ByteString> modes = attributes.words("nodes_modes");
    requireLength(attributes, "nodes_modes", modes.size(), trees.length);
    NodeLists lists = new NodeLists(attributes, trees, nodes);
    int[] left = new int[trees.length];
    int[] right = new int[trees.length];
    IntStream.Builder roots = IntStream.builder();
    NodeLists.@Nullable Span tree = null;
    for (int at = 0; at < trees.length; at++) {
      if (tree == null || trees[at] != trees[at - 1]) {
        tree = lists.span(at);
        roots.add(at); // where ONNX Runtime begins, too
      }

      if (modes.get(at).equals(Mode.LEAF)) {
        left[at] = -1;
        right[at] = -1;
      } else {
        left[at] = child(attributes, tree, trees[at], nodes[at], yes[at]);
        right[at] = child(attributes, tree, trees[at], nodes[at], no[at]);
      }
    }

    return new TreeLinks(roots.build().toArray(), left, right);
  }

  /** Of TreeEnsemble: nodes and leaves by position. */
  static TreeLinks linked(Attributes attributes) {
    long[] yes = attributes.integers("nodes_truenodeids");
    long[] no = sized(attributes, "nodes_falsenodeids", yes.length);
    long[] yesLeaf = sized(attributes, "nodes_trueleafs", yes.length);
    long[] noLeaf = sized(attributes, "nodes_falseleafs", yes.length);
    int leaves = attributes.integers("leaf_targetids").length;
    int[] left = new int[yes.length];
    int[] right = new int[yes.length];
    for (int at = 0; at < yes.length; at++) {
      int yesAt = position(attributes, yes[at], yesLeaf[at] == 0 ? yes.length : leaves);
      int noAt = position(attributes, no[at], noLeaf[at] == 0 ? yes.length : leaves);
      left[at] = yesLeaf[at] == 0 ? yesAt : -1;
      right[at] = noLeaf[at] == 0 ? noAt : -1;
    }

    int[] roots =
        Arrays.stream(attributes.integers("tree_roots"))
            .mapToInt(root -> position(attributes, root, yes.length))
            .toArray();
    return new TreeLinks(roots, left, right);
  }

  /** Refuses a walk without end. */
  void requireNoLoop(Attributes attributes) {
    boolean[] done = new boolean[yes.length];
    boolean[] open = new boolean[yes.length];
    int[] path = new int[yes.length + 1];
    byte[] taken = new byte[yes.length + 1];
    for (int root : roots) {
      int depth = 0;
      path[0] = root;
      taken[0] = 0;
      while (depth >= 0) {
        int at = path[depth];
        open[at] = true;
        if (done[at] || taken[depth] == 2) {
          done[at] = true;
          open[at] = false;
          depth--;
          continue;
        }

        int child = taken[depth]++ == 0 ? yes[at] : no[at];
        if (child >= 0 && !done[child]) {
          if (open[child]) {
            throw attributes.malformed("its nodes lead in a loop");
          }

          depth++;
          path[depth] = child;
          taken[depth] = 0;
        }
      }
    }
  }

  private static int child(
      Attributes attributes, NodeLists.Span span, long tree, long node, long wanted) {
    int child = span.position(wanted);
    if (child < 0) {
      throw attributes.malformed(
          "node %d of tree %d leads to %d, which is not in that tree"
              .formatted(node, tree, wanted));
    }

    return child;
  }

  private static int position(Attributes attributes, long given, int count) {
    if (given < 0 || given >= count) {
      throw attributes.malformed(
          "a root or branch leads to %d vs 0 to %d".formatted(given, count - 1));
    }

    return (int) given;
  }

  private static long[] sized(Attributes attributes, String name, int wanted) {
    long[] values = attributes.integers(name);
    requireLength(attributes, name, values.length, wanted);
    return values;
  }

  static void requireLength(Attributes attributes, String name, int given, int wanted) {
    if (given != wanted) {
      throw attributes.malformed("its " + name + " has " + given + " values vs " + wanted);
    }
  }
}
