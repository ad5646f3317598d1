package org.millrace.jobs.score.onnx.trees;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private final @Nullable Mode[] modes;
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
    modes = modes();
    lists = new NodeLists(attributes, trees, nodes);
    if (!lists.together()) {
      throw new NotCovered("the nodes of a tree are not listed together");
    }

    firstWeights = new int[trees.length + 1];
    readWeights(leafPrefix);
  }

  /** In the order of the lists. */
  List<Tree> read() {
    List<Tree> read = new ArrayList<>();
    for (int begin = 0; begin < trees.length; begin = lists.span(begin).end()) {
      read.add(tree(lists.span(begin)));
    }

    if (read.isEmpty()) {
      throw attributes.malformed("it has no nodes");
    }

    return read;
  }

  private Tree tree(NodeLists.Span span) {
    int begin = span.begin();
    int end = span.end();
    int[] branch = new int[end - begin];
    int branches = 0;
    for (int at = begin; at < end; at++) {
      branch[at - begin] = modes[at] == null ? -1 : branches++;
    }

    TreeBuilder builder =
        new TreeBuilder(
            attributes,
            "tree " + trees[begin],
            branches,
            end - begin - branches,
            firstWeights[end] - firstWeights[begin]);
    int[] references = new int[end - begin];
    for (int at = begin; at < end; at++) {
      Mode mode = modes[at];
      if (mode == null) {
        references[at - begin] = ~leaf(builder, at);
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
            references[child(span, at, yes[at]) - begin],
            references[child(span, at, no[at]) - begin]);
      }
    }

    return builder.build(references[0]);
  }

  private int child(NodeLists.Span span, int at, long node) {
    int child = span.position(node);
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

  private int leaf(TreeBuilder builder, int at) {
    int from = firstWeights[at];
    int to = firstWeights[at + 1];
    if (from == to) {
      throw attributes.malformed("leaf " + nodes[at] + " of tree " + trees[at] + " has no weight");
    }

    sortByTarget(from, to);
    int leaf = builder.leaf();
    for (int weight = from; weight < to; weight++) {
      if (weight > from && weightTargets[weight] == weightTargets[weight - 1]) {
        throw new NotCovered("a leaf has several weights for one target");
      }

      builder.weight(weightTargets[weight], weights[weight]);
    }

    return leaf;
  }

  /** By insertion: most lists are in order, and have but one. */
  private void sortByTarget(int from, int to) {
    for (int next = from + 1; next < to; next++) {
      int target = weightTargets[next];
      double weight = weights[next];
      int at = next;
      for (; at > from && weightTargets[at - 1] > target; at--) {
        weightTargets[at] = weightTargets[at - 1];
        weights[at] = weights[at - 1];
      }

      weightTargets[at] = target;
      weights[at] = weight;
    }
  }

  private @Nullable Mode[] modes() {
    List<ByteString> words = attributes.words("nodes_modes");
    requireLength("nodes_modes", words.size(), trees.length);
    @Nullable Mode[] read = new @Nullable Mode[trees.length];
    for (int at = 0; at < read.length; at++) {
      ByteString word = words.get(at);
      read[at] = Mode.of(word);
      if (read[at] == null && !word.equals(Mode.LEAF)) {
        throw attributes.malformed("it has a node of mode '" + word.toStringUtf8() + "'");
      }
    }

    return read;
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
    NodeLists.@Nullable Span span = null;
    for (int at = 0; at < ids.length; at++) {
      if (at == 0 || leafTrees[at] != leafTrees[at - 1]) {
        span = lists.ofTree(leafTrees[at]);
      }

      positions[at] = span == null ? -1 : span.position(leafNodes[at]);
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
