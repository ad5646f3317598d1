package org.millrace.jobs.score.onnx.trees;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the trees of TreeEnsemble (ai.onnx.ml 5): branches and leaves in lists of their own, linked
 * by position. Not thread-safe; one for each operator.
 */
final class LinkedTrees {
  /** By number. */
  private static final List<Mode> MODES =
      List.of(Mode.LEQ, Mode.LT, Mode.GTE, Mode.GT, Mode.EQ, Mode.NEQ, Mode.MEMBER);

  private final Attributes attributes;
  private final int targets;
  private final long[] features;
  private final double[] modes;
  private final double[] thresholds;
  private final long[] missing;
  private final long[] yes;
  private final long[] no;
  private final long[] yesLeaf;
  private final long[] noLeaf;
  private final long[] roots;
  private final long[] leafTargets;
  private final double[] leafWeights;
  private final boolean[] used;

  LinkedTrees(Attributes attributes, int targets) {
    this.attributes = attributes;
    this.targets = targets;
    features = attributes.integers("nodes_featureids");
    modes = attributes.tensor("nodes_modes");
    thresholds = attributes.tensor("nodes_splits");
    missing = attributes.integers("nodes_missing_value_tracks_true");
    yes = attributes.integers("nodes_truenodeids");
    no = attributes.integers("nodes_falsenodeids");
    yesLeaf = attributes.integers("nodes_trueleafs");
    noLeaf = attributes.integers("nodes_falseleafs");
    roots = attributes.integers("tree_roots");
    leafTargets = attributes.integers("leaf_targetids");
    leafWeights = attributes.tensor("leaf_weights");
    used = new boolean[features.length];
    requireLength("nodes_modes", modes.length, features.length);
    requireLength("nodes_splits", thresholds.length, features.length);
    requireLength("nodes_truenodeids", yes.length, features.length);
    requireLength("nodes_falsenodeids", no.length, features.length);
    requireLength("nodes_trueleafs", yesLeaf.length, features.length);
    requireLength("nodes_falseleafs", noLeaf.length, features.length);
    requireLength("leaf_weights", leafWeights.length, leafTargets.length);
    if (missing.length != 0) {
      requireLength("nodes_missing_value_tracks_true", missing.length, features.length);
    }
  }

  /** In the order of the roots. */
  List<Tree> read() {
    if (roots.length == 0) {
      throw attributes.malformed("it has no tree");
    }

    List<Tree> trees = new ArrayList<>();
    for (int tree = 0; tree < roots.length; tree++) {
      trees.add(tree("tree " + tree, position("a root", roots[tree], features.length)));
    }

    return trees;
  }

  private Tree tree(String name, int root) {
    if (yesLeaf[root] != 0 && noLeaf[root] != 0 && yes[root] == no[root]) {
      // ONNX Runtime takes the weight at the root's position, not at the leaf's
      throw new NotCovered(name + " is a single leaf");
    }

    List<Integer> order = branches(name, root);
    Map<Integer, Integer> local = new HashMap<>();
    order.forEach(node -> local.put(node, local.size()));
    int most = 2 * order.size(); // each leaf has one weight
    TreeBuilder builder = new TreeBuilder(attributes, name, order.size(), most, most);
    for (int at = 0; at < order.size(); at++) {
      int node = order.get(at);
      builder.branch(at, features[node], mode(node), thresholds[node], isMissingYes(node));
      builder.children(
          at,
          child(builder, local, yes[node], yesLeaf[node]),
          child(builder, local, no[node], noLeaf[node]));
    }

    return builder.build(0);
  }

  private List<Integer> branches(String name, int root) {
    List<Integer> order = new ArrayList<>();
    take(name, root, order);
    for (int at = 0; at < order.size(); at++) {
      int node = order.get(at);
      if (yesLeaf[node] == 0) {
        take(name, position(name + " a branch", yes[node], features.length), order);
      }

      if (noLeaf[node] == 0) {
        take(name, position(name + " a branch", no[node], features.length), order);
      }
    }

    return order;
  }

  private void take(String name, int node, List<Integer> order) {
    if (used[node]) {
      TreeLinks.linked(attributes).requireNoLoop(attributes);
      throw new NotCovered(name + " has a node with two parents");
    }

    used[node] = true;
    order.add(node);
  }

  private int child(TreeBuilder builder, Map<Integer, Integer> local, long child, long isLeaf) {
    if (isLeaf != 0) {
      return ~leaf(builder, child);
    }

    Integer position = local.get((int) child);
    if (position == null) {
      throw new IllegalStateException("branch " + child + " was not taken");
    }

    return position;
  }

  private int leaf(TreeBuilder builder, long position) {
    int leaf = position("a leaf", position, leafTargets.length);
    ListedTrees.requireTarget(attributes, leafTargets[leaf], targets);
    int made = builder.leaf();
    builder.weight((int) leafTargets[leaf], leafWeights[leaf]);
    return made;
  }

  private Mode mode(int node) {
    int number = (int) modes[node];
    if (number >= MODES.size()) {
      throw attributes.malformed("it has a node of mode " + number);
    }

    Mode mode = MODES.get(number);
    if (mode == Mode.MEMBER) {
      throw new NotCovered("it has branches of mode BRANCH_MEMBER");
    }

    return mode;
  }

  private boolean isMissingYes(int node) {
    return missing.length != 0 && missing[node] == 1;
  }

  private int position(String what, long position, int length) {
    if (position < 0 || position >= length) {
      throw attributes.malformed(what + " points to " + position + " vs 0 to " + (length - 1));
    }

    return (int) position;
  }

  private void requireLength(String name, int given, int wanted) {
    if (given != wanted) {
      throw attributes.malformed("its " + name + " has " + given + " values vs " + wanted);
    }
  }
}
