package org.millrace.bench.input;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random trees in the parallel lists of the operator TreeEnsembleRegressor (ai.onnx.ml 3). Random
 * and not trained: the shape decides the cost, and no data set needs to be shipped.
 */
final class Forest {
  private static final ByteString BRANCH = ByteString.copyFromUtf8("BRANCH_LEQ");
  private static final ByteString LEAF = ByteString.copyFromUtf8("LEAF");

  private final int width;
  private final int bins;
  private final SplittableRandom random;
  private final List<Long> nodeTrees = new ArrayList<>();
  private final List<Long> nodeIds = new ArrayList<>();
  private final List<Long> features = new ArrayList<>();
  private final List<Float> thresholds = new ArrayList<>();
  private final List<ByteString> modes = new ArrayList<>();
  private final List<Long> lefts = new ArrayList<>();
  private final List<Long> rights = new ArrayList<>();
  private final List<Long> leafTrees = new ArrayList<>();
  private final List<Long> leafIds = new ArrayList<>();
  private final List<Float> leafValues = new ArrayList<>();
  private int trees;

  /**
   * @param width features
   * @param bins distinct thresholds of a feature at most; 0: each node draws its own
   */
  Forest(int width, int bins, SplittableRandom random) {
    this.width = width;
    this.bins = bins;
    this.random = random;
  }

  /** Trees of {@code 2^depth} leaves, all at the same depth. */
  Forest addPerfect(int count, int depth) {
    for (int i = 0; i < count; i++) {
      addTree((1 << depth) - 1, 0);
    }

    return this;
  }

  /** Trees that grew by splitting a random leaf, as leaf-wise boosters grow them: long and thin. */
  Forest addLeafWise(int count, int leaves) {
    for (int i = 0; i < count; i++) {
      addTree(leaves - 1, 1);
    }

    return this;
  }

  byte[] model(String name) {
    List<Long> targets = leafIds.stream().map(leaf -> 0L).toList();
    return new Graph(name, width)
        .node(
            "ai.onnx.ml",
            "TreeEnsembleRegressor",
            Graph.OUTPUT,
            List.of(Graph.INPUT),
            Graph.integers("nodes_treeids", nodeTrees),
            Graph.integers("nodes_nodeids", nodeIds),
            Graph.integers("nodes_featureids", features),
            Graph.floats("nodes_values", thresholds),
            Graph.texts("nodes_modes", modes),
            Graph.integers("nodes_truenodeids", lefts),
            Graph.integers("nodes_falsenodeids", rights),
            Graph.integers("target_treeids", leafTrees),
            Graph.integers("target_nodeids", leafIds),
            Graph.integers("target_ids", targets),
            Graph.floats("target_weights", leafValues),
            Graph.integer("n_targets", 1))
        .model();
  }

  /**
   * Splits the oldest leaf each time, which makes a perfect tree, or a random one.
   *
   * @param anyLeaf 0: the oldest, 1: any
   */
  private void addTree(int splits, int anyLeaf) {
    List<Integer> leaves = new ArrayList<>(List.of(0));
    List<int[]> children = new ArrayList<>();
    children.add(new int[0]);
    int oldest = 0;
    for (int split = 0; split < splits; split++) {
      int place = anyLeaf == 0 ? oldest++ : random.nextInt(leaves.size());
      int node = leaves.get(place);
      int left = children.size();
      children.set(node, new int[] {left, left + 1});
      children.add(new int[0]);
      children.add(new int[0]);
      if (anyLeaf == 0) {
        leaves.add(left);
      } else {
        leaves.set(place, left);
      }

      leaves.add(left + 1);
    }

    for (int node = 0; node < children.size(); node++) {
      addNode(node, children.get(node));
    }

    trees++;
  }

  private void addNode(long node, int[] children) {
    boolean leaf = children.length == 0;
    nodeTrees.add((long) trees);
    nodeIds.add(node);
    features.add(leaf ? 0L : random.nextInt(width));
    thresholds.add(leaf ? 0f : threshold());
    modes.add(leaf ? LEAF : BRANCH);
    lefts.add(leaf ? 0L : children[0]);
    rights.add(leaf ? 0L : children[1]);
    if (leaf) {
      leafTrees.add((long) trees);
      leafIds.add(node);
      leafValues.add((float) (random.nextGaussian() * 0.05));
    }
  }

  /** Near the middle of standard normal features, so that both sides are met. */
  private float threshold() {
    return bins == 0
        ? (float) (random.nextGaussian() * 0.7)
        : (random.nextInt(bins) - (bins - 1) / 2f) * (4f / bins);
  }
}
