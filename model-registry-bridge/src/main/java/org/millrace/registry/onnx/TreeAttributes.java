package org.millrace.registry.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;

/**
 * Flattens trees into the parallel lists of the operator TreeEnsembleRegressor.
 *
 * <p>Why thresholds are rounded down: the operator compares in float32. For a float32 value {@code
 * x} and a double threshold {@code t}, {@code x <= t} holds exactly when {@code x <= f}, where
 * {@code f} is the largest float32 that is {@code <= t}: there is no float32 between {@code f} and
 * {@code t}. Rounding to the nearest one could round up, and a row that lies on it would turn left
 * instead of right.
 */
final class TreeAttributes {
  private final double factor;
  private final List<Long> nodeTrees = new ArrayList<>();
  private final List<Long> nodeIds = new ArrayList<>();
  private final List<Long> features = new ArrayList<>();
  private final List<Float> thresholds = new ArrayList<>();
  private final List<String> modes = new ArrayList<>();
  private final List<Long> lefts = new ArrayList<>();
  private final List<Long> rights = new ArrayList<>();
  private final List<Long> leafTrees = new ArrayList<>();
  private final List<Long> leafIds = new ArrayList<>();
  private final List<Float> leafValues = new ArrayList<>();

  private TreeAttributes(double factor) {
    this.factor = factor;
  }

  static AttributeProto[] of(TreeEnsemble ensemble, double factor) {
    TreeAttributes lists = new TreeAttributes(factor);
    for (int tree = 0; tree < ensemble.trees().size(); tree++) {
      TreeEnsemble.Tree one = ensemble.trees().get(tree);
      lists.add(tree, 0, one.weight(), one.root());
    }

    return lists.attributes();
  }

  /** The largest float32 that is not above {@code threshold}. */
  static float floor(double threshold) {
    float nearest = (float) threshold;
    return nearest > threshold ? Math.nextDown(nearest) : nearest;
  }

  /** Adds a node and all below it; returns the next free node number of that tree. */
  private long add(long tree, long id, double weight, TreeEnsemble.Node node) {
    nodeTrees.add(tree);
    nodeIds.add(id);
    if (node instanceof TreeEnsemble.Split split) {
      features.add((long) split.feature());
      thresholds.add(floor(split.threshold()));
      modes.add("BRANCH_LEQ");
      int row = lefts.size();
      lefts.add(id + 1);
      rights.add(0L);
      long right = add(tree, id + 1, weight, split.left());
      rights.set(row, right);
      return add(tree, right, weight, split.right());
    }

    features.add(0L);
    thresholds.add(0f);
    modes.add("LEAF");
    lefts.add(0L);
    rights.add(0L);
    leafTrees.add(tree);
    leafIds.add(id);
    leafValues.add((float) (((TreeEnsemble.Leaf) node).value() * weight * factor));
    return id + 1;
  }

  private AttributeProto[] attributes() {
    return new AttributeProto[] {
      OnnxGraph.integers("nodes_treeids", nodeTrees),
      OnnxGraph.integers("nodes_nodeids", nodeIds),
      OnnxGraph.integers("nodes_featureids", features),
      OnnxGraph.floats("nodes_values", thresholds),
      OnnxGraph.texts("nodes_modes", modes),
      OnnxGraph.integers("nodes_truenodeids", lefts),
      OnnxGraph.integers("nodes_falsenodeids", rights),
      OnnxGraph.integers("target_treeids", leafTrees),
      OnnxGraph.integers("target_nodeids", leafIds),
      OnnxGraph.integers("target_ids", leafIds.stream().map(leaf -> 0L).toList()),
      OnnxGraph.floats("target_weights", leafValues),
      OnnxGraph.integer("n_targets", 1),
      OnnxGraph.text("aggregate_function", "SUM"),
      OnnxGraph.text("post_transform", "NONE")
    };
  }
}
