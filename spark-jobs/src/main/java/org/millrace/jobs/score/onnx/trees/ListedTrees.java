package org.millrace.jobs.score.onnx.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trees of TreeEnsembleRegressor and TreeEnsembleClassifier (ai.onnx.ml 1 to 4): parallel
 * lists of nodes by (tree, node), and of leaf weights by (tree, node, target). Not thread-safe; one
 * for each operator.
 */
final class ListedTrees {
  private final Attributes attributes;
  private final int targets;
  private final long[] trees;
  private final long[] nodes;
  private final long[] features;
  private final long[] yes;
  private final long[] no;
  private final long[] missing;
  private final double[] thresholds;
  private final List<@Nullable Mode> modes = new ArrayList<>();
  private final NodeLists lists;

  /** By node, where its weights begin in the next two; one more at the end. */
  private final int[] firstWeights;

  private int[] weightTargets = new int[0];
  private double[] weights = new double[0];

  /**
   * @param leafPrefix of the lists of leaf weights: {@code target_} or {@code class_}
   */
  ListedTrees(Attributes attributes, String leafPrefix, int targets) {
    this.attributes = attributes;
    this.targets = targets;
    trees = attributes.integers("nodes_treeids");
    nodes = sized("nodes_nodeids");
    features = sized("nodes_featureids");
    yes = sized("nodes_truenodeids");
    no = sized("nodes_falsenodeids");
    missing = attributes.integers("nodes_missing_value_tracks_true");
    if (missing.length != 0) {
      requireLength("nodes_missing_value_tracks_true", missing.length, trees.length);
    }

    thresholds = attributes.numbers("nodes_values");
    requireLength("nodes_values", thresholds.length, trees.length);
    readModes();
    lists = new NodeLists(attributes, trees, nodes);
    firstWeights = new int[trees.length + 1];
    readWeights(leafPrefix);
  }

  /** In the order of the lists. */
  List<Tree> read() {
    List<Tree> read = new ArrayList<>();
    for (int begin = 0; begin < trees.length; begin = lists.end(begin)) {
      read.add(tree(begin, lists.end(begin)));
    }

    if (read.isEmpty()) {
      throw attributes.malformed("it has no nodes");
    }

    return read;
  }

  private Tree tree(int begin, int end) {
    int[] branch = new int[end - begin];
    int branches = 0;
    for (int at = begin; at < end; at++) {
      branch[at - begin] = modes.get(at) == null ? -1 : branches++;
    }

    TreeBuilder builder = new TreeBuilder(attributes, "tree " + trees[begin], branches);
    int[] references = new int[end - begin];
    for (int at = begin; at < end; at++) {
      Mode mode = modes.get(at);
      if (mode == null) {
        references[at - begin] = ~builder.leaf(leaf(at));
      } else {
        references[at - begin] = branch[at - begin];
        boolean missingYes = missing.length != 0 && missing[at] == 1;
        builder.branch(branch[at - begin], features[at], mode, thresholds[at], missingYes);
      }
    }

    for (int at = begin; at < end; at++) {
      if (branch[at - begin] >= 0) {
        builder.children(
            branch[at - begin],
            references[child(at, yes[at]) - begin],
            references[child(at, no[at]) - begin]);
      }
    }

    return builder.build(references[0]);
  }

  private int child(int at, long node) {
    int child = lists.position(trees[at], node);
    if (child < 0 || child == at) {
      throw attributes.malformed(
          "node "
              + nodes[at]
              + " of tree "
              + trees[at]
              + " leads to "
              + node
              + (child < 0 ? ", which is not in that tree" : ", itself"));
    }

    return child;
  }

  private Tree.Leaf leaf(int at) {
    int from = firstWeights[at];
    int to = firstWeights[at + 1];
    if (from == to) {
      throw attributes.malformed("leaf " + nodes[at] + " of tree " + trees[at] + " has no weight");
    }

    if (to == from + 1) {
      return new Tree.Leaf(new int[] {weightTargets[from]}, new double[] {weights[from]});
    }

    int[] order =
        IntStream.range(from, to)
            .boxed()
            .sorted(Comparator.comparingInt(one -> weightTargets[one]))
            .mapToInt(Integer::intValue)
            .toArray();
    Tree.Leaf leaf =
        new Tree.Leaf(
            Arrays.stream(order).map(one -> weightTargets[one]).toArray(),
            Arrays.stream(order).mapToDouble(one -> weights[one]).toArray());
    if (Arrays.stream(leaf.targets()).distinct().count() < order.length) {
      throw new NotCovered("a leaf has several weights for one target");
    }

    return leaf;
  }

  private void readModes() {
    List<String> words = attributes.texts("nodes_modes");
    requireLength("nodes_modes", words.size(), trees.length);
    for (String word : words) {
      Mode mode = Mode.of(word);
      if (mode == null && !word.equals(Mode.LEAF)) {
        throw attributes.malformed("it has a node of mode '" + word + "'");
      }

      modes.add(mode);
    }
  }

  private void readWeights(String prefix) {
    long[] ids = attributes.integers(prefix + "ids");
    long[] leafTrees = attributes.integers(prefix + "treeids");
    long[] leafNodes = attributes.integers(prefix + "nodeids");
    double[] values = attributes.numbers(prefix + "weights");
    requireLength(prefix + "treeids", leafTrees.length, ids.length);
    requireLength(prefix + "nodeids", leafNodes.length, ids.length);
    requireLength(prefix + "weights", values.length, ids.length);
    int[] positions = new int[ids.length];
    for (int at = 0; at < ids.length; at++) {
      positions[at] = lists.position(leafTrees[at], leafNodes[at]);
      if (positions[at] < 0) {
        throw attributes.malformed(
            "it has a weight for node "
                + leafNodes[at]
                + " of tree "
                + leafTrees[at]
                + ", which is not there");
      }

      requireTarget(attributes, ids[at], targets);
      firstWeights[positions[at] + 1]++;
    }

    Arrays.parallelPrefix(firstWeights, Integer::sum);
    sortWeights(positions, ids, values);
  }

  /** By node, each node's in the order of the lists. */
  private void sortWeights(int[] positions, long[] ids, double[] values) {
    weightTargets = new int[ids.length];
    weights = new double[ids.length];
    int[] next = firstWeights.clone();
    for (int at = 0; at < ids.length; at++) {
      int to = next[positions[at]]++;
      weightTargets[to] = (int) ids[at];
      weights[to] = values[at];
    }
  }

  static void requireTarget(Attributes attributes, long target, int targets) {
    if (target < 0 || target >= targets) {
      throw attributes.malformed(
          "a leaf is for target or class " + target + " vs 0 to " + (targets - 1));
    }
  }

  private long[] sized(String name) {
    long[] values = attributes.integers(name);
    requireLength(name, values.length, trees.length);
    return values;
  }

  private void requireLength(String name, int given, int wanted) {
    if (given != wanted) {
      throw attributes.malformed("its " + name + " has " + given + " values vs " + wanted);
    }
  }
}
