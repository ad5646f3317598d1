package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Reads the three tree operators of ai.onnx.ml. Stateless. */
final class EnsembleReader {
  static final String REGRESSOR = "TreeEnsembleRegressor";
  static final String CLASSIFIER = "TreeEnsembleClassifier";
  static final String TREES = "TreeEnsemble";
  private static final String DOMAIN = "ai.onnx.ml";
  private static final int MAX_TARGETS = 10_000;

  private EnsembleReader() {}

  static boolean isTrees(NodeProto node) {
    return node.getDomain().equals(DOMAIN)
        && Set.of(REGRESSOR, CLASSIFIER, TREES).contains(node.getOpType());
  }

  /**
   * Reads one.
   *
   * @param doubles whether its input is of doubles
   * @throws NotCovered where it is whole but not for our evaluators
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT where it is malformed
   */
  static Ensemble read(NodeProto node, boolean doubles) {
    Attributes attributes = new Attributes(node);
    return switch (node.getOpType()) {
      case REGRESSOR -> regressor(attributes, doubles);
      case CLASSIFIER -> classifier(attributes, doubles);
      default -> linked(attributes, doubles);
    };
  }

  private static Ensemble regressor(Attributes attributes, boolean doubles) {
    int targets = targets(attributes, attributes.integer("n_targets", 0));
    return new Ensemble(
        doubles,
        false,
        targets,
        constant(attributes, Ensemble.Aggregate.class, "aggregate_function", "SUM"),
        constant(attributes, Ensemble.Transform.class, "post_transform", "NONE"),
        base(attributes, Set.of(0, targets)),
        new ListedTrees(attributes, "target_", targets).read(),
        null);
  }

  private static Ensemble classifier(Attributes attributes, boolean doubles) {
    List<String> texts = attributes.texts("classlabels_strings");
    long[] numbers =
        texts.isEmpty()
            ? attributes.integers("classlabels_int64s")
            : LongStream.range(0, texts.size()).toArray();
    int classes = targets(attributes, numbers.length);
    List<Tree> trees = new ListedTrees(attributes, "class_", classes).read();
    long weighed = Arrays.stream(attributes.integers("class_ids")).distinct().count();
    return new Ensemble(
        doubles,
        false,
        classes,
        Ensemble.Aggregate.SUM,
        constant(attributes, Ensemble.Transform.class, "post_transform", "NONE"),
        base(attributes, classes <= 2 ? Set.of(0, 1, 2) : Set.of(0, classes)),
        trees,
        new Ensemble.Classes(
            texts,
            numbers,
            classes == 2 && weighed == 1,
            Arrays.stream(attributes.numbers("class_weights")).noneMatch(weight -> weight < 0)));
  }

  private static Ensemble linked(Attributes attributes, boolean doubles) {
    int targets = targets(attributes, attributes.integer("n_targets", 0));
    return new Ensemble(
        doubles,
        doubles,
        targets,
        constant(attributes, Ensemble.Aggregate.values(), "aggregate_function", 1),
        constant(attributes, Ensemble.Transform.values(), "post_transform", 0),
        new double[0],
        new LinkedTrees(attributes, targets).read(),
        null);
  }

  private static int targets(Attributes attributes, long given) {
    if (given < 1 || given > MAX_TARGETS) {
      throw attributes.malformed("it has " + given + " targets or classes vs 1 to " + MAX_TARGETS);
    }

    return (int) given;
  }

  private static double[] base(Attributes attributes, Set<@Nullable Integer> allowed) {
    double[] base = attributes.numbers("base_values");
    if (!allowed.contains(base.length)) {
      throw attributes.malformed("its base_values has " + base.length + " values vs " + allowed);
    }

    return base;
  }

  private static <E extends Enum<E>> E constant(
      Attributes attributes, Class<E> type, String name, String absent) {
    String word = attributes.text(name, absent);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(word)) {
        return constant;
      }
    }

    throw attributes.malformed("its " + name + " is '" + word + "'");
  }

  private static <E> E constant(Attributes attributes, E[] values, String name, long absent) {
    long number = attributes.integer(name, absent);
    if (number < 0 || number >= values.length) {
      throw attributes.malformed(
          "its " + name + " is " + number + " vs 0 to " + (values.length - 1));
    }

    return values[(int) number];
  }
}
