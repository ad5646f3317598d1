package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Random ensembles of a given kind, as the operators' attributes. */
final class RandomTrees {
  /**
   * What to make.
   *
   * @param operator regressor, classifier or trees
   * @param modes of branches, chosen at random
   * @param leaves of each tree, its shape at random; or 0 to go by depth
   * @param perfect full trees of that depth; else branches end at random
   * @param distinct thresholds a feature, or 0 for any number
   * @param specials whether a few thresholds are zeros or infinities
   * @param sparse leaves for one target each; else for all
   */
  record Kind(
      String operator,
      boolean doubles,
      int features,
      int targets,
      int trees,
      int depth,
      int leaves,
      boolean perfect,
      List<String> modes,
      boolean missing,
      int distinct,
      boolean specials,
      String aggregate,
      String transform,
      int base,
      boolean sparse,
      boolean positive,
      boolean texts) {}

  static final List<String> MODES =
      List.of("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ");

  private static final List<String> AGGREGATES = List.of("AVERAGE", "SUM", "MIN", "MAX");

  /** By ONNX Runtime's numbers. */
  private static final List<String> TRANSFORMS =
      List.of("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO");

  private final Kind kind;
  private final Random random;
  private final double[] pool;
  private final List<Long> nodeTrees = new ArrayList<>();
  private final List<Long> nodeIds = new ArrayList<>();
  private final List<Long> features = new ArrayList<>();
  private final List<Double> thresholds = new ArrayList<>();
  private final List<String> modes = new ArrayList<>();
  private final List<Long> missing = new ArrayList<>();
  private final List<Long> yes = new ArrayList<>();
  private final List<Long> no = new ArrayList<>();
  private final List<Long> leafTrees = new ArrayList<>();
  private final List<Long> leafNodes = new ArrayList<>();
  private final List<Long> leafTargets = new ArrayList<>();
  private final List<Double> leafWeights = new ArrayList<>();

  RandomTrees(Kind kind, Random random) {
    this.kind = kind;
    this.random = random;
    this.pool = random.doubles(kind.distinct()).map(unused -> random.nextGaussian()).toArray();
  }

  /** A kind at random. */
  static Kind kind(Random random) {
    String operator =
        List.of(EnsembleReader.REGRESSOR, EnsembleReader.CLASSIFIER, EnsembleReader.TREES)
            .get(random.nextInt(3));
    boolean classifier = operator.equals(EnsembleReader.CLASSIFIER);
    int targets = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(5);
    int depth = 1 + random.nextInt(random.nextInt(4) == 0 ? 12 : 6);
    List<String> modes =
        random.nextBoolean()
            ? List.of(MODES.get(random.nextInt(4)))
            : random.nextBoolean() ? MODES.subList(0, 4) : MODES;
    boolean linked = operator.equals(EnsembleReader.TREES);
    return new Kind(
        operator,
        random.nextInt(4) == 0,
        1 + random.nextInt(10),
        targets,
        1 + random.nextInt(depth > 8 ? 4 : 30),
        depth,
        random.nextInt(5) == 0 ? 1 + random.nextInt(300) : 0,
        random.nextInt(3) == 0,
        modes,
        random.nextInt(3) == 0,
        random.nextInt(3) * random.nextInt(200),
        random.nextBoolean(),
        classifier ? "SUM" : AGGREGATES.get(random.nextInt(4)),
        List.of("NONE", "NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO").get(random.nextInt(5)),
        linked || random.nextBoolean()
            ? 0
            : classifier && targets <= 2 ? 1 + random.nextInt(2) : targets,
        linked || random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean());
  }

  /** The operator, from X to its outputs. */
  NodeProto node() {
    for (int tree = 0; tree < kind.trees(); tree++) {
      tree(tree);
    }

    return kind.operator().equals(EnsembleReader.TREES) ? linked() : listed();
  }

  List<String> outputs() {
    return kind.operator().equals(EnsembleReader.CLASSIFIER)
        ? List.of("label", "scores")
        : List.of("scores");
  }

  int mlVersion() {
    return kind.operator().equals(EnsembleReader.TREES) ? 5 : 3;
  }

  private void tree(long tree) {
    int least = kind.operator().equals(EnsembleReader.TREES) ? 2 : 1;
    node(tree, kind.depth(), kind.leaves() == 0 ? 0 : Math.max(least, kind.leaves()), 0);
  }

  private long node(long tree, int depth, int leaves, long id) {
    nodeTrees.add(tree);
    nodeIds.add(id);
    int at = modes.size();
    boolean leaf = leaves > 0 ? leaves == 1 : endsAt(depth, id);
    modes.add(leaf ? "LEAF" : kind.modes().get(random.nextInt(kind.modes().size())));
    features.add((long) random.nextInt(kind.features()));
    thresholds.add(leaf ? 0.0 : threshold());
    missing.add(!leaf && random.nextBoolean() ? 1L : 0L);
    yes.add(0L);
    no.add(0L);
    if (leaf) {
      leaf(tree, id);
      return id + 1;
    }

    boolean yesFirst = random.nextInt(4) != 0;
    int share = leaves > 0 ? 1 + random.nextInt(leaves - 1) : 0;
    long second = node(tree, depth - 1, share, id + 1);
    yes.set(at, yesFirst ? id + 1 : second);
    no.set(at, yesFirst ? second : id + 1);
    return node(tree, depth - 1, leaves - share, second);
  }

  private boolean endsAt(int depth, long id) {
    return depth == 0 || (!kind.perfect() && mayEnd(id) && random.nextInt(id == 0 ? 12 : 4) == 0);
  }

  /** A tree of ai.onnx.ml 5 that is a single leaf is not ours. */
  private boolean mayEnd(long id) {
    return id > 0 || !kind.operator().equals(EnsembleReader.TREES);
  }

  private double threshold() {
    int special = random.nextInt(60);
    if (kind.specials() && special < 4) {
      return new double[] {0.0, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}[special];
    }

    double value = kind.distinct() > 0 ? pool[random.nextInt(pool.length)] : random.nextGaussian();
    return kind.doubles() ? value : (float) value;
  }

  private void leaf(long tree, long node) {
    for (int target = 0; target < kind.targets(); target++) {
      if (!kind.sparse() || target == tree % kind.targets()) {
        leafTrees.add(tree);
        leafNodes.add(node);
        leafTargets.add((long) target);
        double weight = random.nextInt(20) == 0 ? 0 : random.nextGaussian() / 4;
        leafWeights.add(kind.positive() ? Math.abs(weight) : weight);
      }
    }
  }

  private NodeProto listed() {
    boolean classifier = kind.operator().equals(EnsembleReader.CLASSIFIER);
    String leaf = classifier ? "class_" : "target_";
    List<AttributeProto> attributes =
        new ArrayList<>(
            List.of(
                TreeProtos.integers("nodes_treeids", nodeTrees),
                TreeProtos.integers("nodes_nodeids", nodeIds),
                TreeProtos.integers("nodes_featureids", features),
                TreeProtos.texts("nodes_modes", modes),
                TreeProtos.integers("nodes_truenodeids", yes),
                TreeProtos.integers("nodes_falsenodeids", no),
                TreeProtos.integers(leaf + "treeids", leafTrees),
                TreeProtos.integers(leaf + "nodeids", leafNodes),
                TreeProtos.integers(leaf + "ids", leafTargets),
                numbers("nodes_values", thresholds),
                numbers(leaf + "weights", leafWeights),
                TreeProtos.text("post_transform", kind.transform())));
    if (kind.missing()) {
      attributes.add(TreeProtos.integers("nodes_missing_value_tracks_true", missing));
    }

    if (kind.base() > 0) {
      attributes.add(
          numbers(
              "base_values",
              DoubleStream.generate(random::nextGaussian).limit(kind.base()).boxed().toList()));
    }

    if (classifier) {
      attributes.add(
          kind.texts()
              ? TreeProtos.texts(
                  "classlabels_strings",
                  IntStream.range(0, kind.targets()).mapToObj(one -> "class " + one).toList())
              : TreeProtos.integers(
                  "classlabels_int64s",
                  LongStream.range(0, kind.targets()).map(one -> 3 * one + 2).boxed().toList()));
    } else {
      attributes.add(TreeProtos.integer("n_targets", kind.targets()));
      attributes.add(TreeProtos.text("aggregate_function", kind.aggregate()));
    }

    return TreeProtos.node(
        "ai.onnx.ml", kind.operator(), "X", outputs(), attributes.toArray(AttributeProto[]::new));
  }

  /** Doubles in tensors, and floats at times. */
  private AttributeProto numbers(String name, List<Double> values) {
    return kind.doubles()
        ? TreeProtos.tensor(name + "_as_tensor", TreeProtos.DOUBLE, values)
        : TreeProtos.floats(name, values);
  }

  private NodeProto linked() {
    int[] position = new int[modes.size()];
    List<Integer> branches = new ArrayList<>();
    int leaves = 0;
    for (int at = 0; at < position.length; at++) {
      if (modes.get(at).equals("LEAF")) {
        position[at] = leaves++;
      } else {
        position[at] = branches.size();
        branches.add(at);
      }
    }

    Linked lists = new Linked();
    List<Long> roots = new ArrayList<>();
    int first = 0;
    for (int at : branches) {
      if (nodeIds.get(at) == 0) {
        roots.add((long) position[at]);
        first = at;
      }

      lists.branch(first, at, position);
    }

    return lists.node(roots);
  }

  /** The lists of ai.onnx.ml 5. */
  private final class Linked {
    private final List<long[]> rows = new ArrayList<>();
    private final List<Double> splits = new ArrayList<>();
    private final List<Double> codes = new ArrayList<>();

    void branch(int first, int at, int[] position) {
      int yesAt = first + yes.get(at).intValue();
      int noAt = first + no.get(at).intValue();
      rows.add(
          new long[] {
            features.get(at),
            position[yesAt],
            modes.get(yesAt).equals("LEAF") ? 1 : 0,
            position[noAt],
            modes.get(noAt).equals("LEAF") ? 1 : 0,
            missing.get(at)
          });
      splits.add(thresholds.get(at));
      codes.add((double) MODES.indexOf(modes.get(at)));
    }

    private List<Long> column(int at) {
      return rows.stream().map(row -> row[at]).toList();
    }

    NodeProto node(List<Long> roots) {
      int type = kind.doubles() ? TreeProtos.DOUBLE : TreeProtos.FLOAT;
      List<AttributeProto> attributes =
          new ArrayList<>(
              List.of(
                  TreeProtos.integers("nodes_featureids", column(0)),
                  TreeProtos.integers("nodes_truenodeids", column(1)),
                  TreeProtos.integers("nodes_trueleafs", column(2)),
                  TreeProtos.integers("nodes_falsenodeids", column(3)),
                  TreeProtos.integers("nodes_falseleafs", column(4)),
                  TreeProtos.tensor("nodes_splits", type, splits),
                  TreeProtos.tensor("nodes_modes", TensorProto.DataType.UINT8_VALUE, codes),
                  TreeProtos.integers("tree_roots", roots),
                  TreeProtos.integers("leaf_targetids", leafTargets),
                  TreeProtos.tensor("leaf_weights", type, leafWeights),
                  TreeProtos.integer("n_targets", kind.targets()),
                  TreeProtos.integer("aggregate_function", AGGREGATES.indexOf(kind.aggregate())),
                  TreeProtos.integer("post_transform", TRANSFORMS.indexOf(kind.transform()))));
      if (kind.missing()) {
        attributes.add(TreeProtos.integers("nodes_missing_value_tracks_true", column(5)));
      }

      return TreeProtos.node(
          "ai.onnx.ml",
          EnsembleReader.TREES,
          "X",
          outputs(),
          attributes.toArray(AttributeProto[]::new));
    }
  }
}
