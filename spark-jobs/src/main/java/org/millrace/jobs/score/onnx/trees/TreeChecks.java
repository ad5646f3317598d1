package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Refuses tree ensembles with which ONNX Runtime would never come back or read beyond a row: it
 * checks neither. Whoever scores the trees in the end, this comes first. Driver only; stateless;
 * runs no native code.
 */
public final class TreeChecks {
  private static final long MAX_COLUMNS = 1 << 24;

  private TreeChecks() {}

  /**
   * Looks at every ensemble, those in subgraphs and functions too. How many columns a row has is
   * known where the model declares it.
   *
   * @throws MillraceException DATA_CONTRACT where one is malformed
   */
  public static void check(byte[] onnxModel) {
    ModelProto model;
    try {
      model = ModelProto.parseFrom(onnxModel);
    } catch (InvalidProtocolBufferException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot look for trees in a model: it is no whole ONNX file ("
              + onnxModel.length
              + " bytes); fetch or export it again",
          e);
    }

    graph(model.getGraph());
    for (FunctionProto function : model.getFunctionsList()) {
      nodes(function.getNodeList(), Map.of());
    }
  }

  private static void graph(GraphProto graph) {
    Map<String, Long> columns = new HashMap<>();
    Stream.concat(graph.getInputList().stream(), graph.getValueInfoList().stream())
        .forEach(value -> columns.put(value.getName(), columns(value)));
    nodes(graph.getNodeList(), columns);
  }

  private static void nodes(List<NodeProto> nodes, Map<String, Long> columns) {
    for (NodeProto node : nodes) {
      if (EnsembleReader.isTrees(node)) {
        long width = columns.getOrDefault(node.getInputCount() == 0 ? "" : node.getInput(0), 0L);
        trees(node, width > 0 ? width : MAX_COLUMNS);
      }

      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          graph(attribute.getG());
        }

        attribute.getGraphsList().forEach(TreeChecks::graph);
      }
    }
  }

  private static void trees(NodeProto node, long columns) {
    Attributes attributes = new Attributes(node);
    boolean listed = !node.getOpType().equals(EnsembleReader.TREES);
    TreeLinks links = listed ? TreeLinks.listed(attributes) : TreeLinks.linked(attributes);
    links.requireNoLoop(attributes);
    int nodes = links.yes().length;
    long[] features = attributes.integers("nodes_featureids");
    TreeLinks.requireLength(attributes, "nodes_featureids", features.length, nodes);
    long[] missing = attributes.integers("nodes_missing_value_tracks_true");
    TreeLinks.requireLength(
        attributes,
        "nodes_missing_value_tracks_true",
        missing.length,
        missing.length == 0 ? 0 : nodes);
    String thresholds = listed ? "nodes_values" : "nodes_splits";
    TreeLinks.requireLength(attributes, thresholds, count(attributes, thresholds, listed), nodes);
    if (listed) {
      leaves(attributes, node.getOpType().equals(EnsembleReader.CLASSIFIER));
    } else {
      TreeLinks.requireLength(
          attributes, "nodes_modes", attributes.tensor("nodes_modes").length, nodes);
      weights(attributes, "leaf_targetids", "leaf_weights", false, targets(attributes, false));
    }

    for (int at = 0; at < features.length; at++) {
      boolean leaf = listed && links.yes()[at] < 0;
      if (!leaf && (features[at] < 0 || features[at] >= columns)) {
        throw attributes.malformed(
            "a branch asks for column %d vs 0 to %d".formatted(features[at], columns - 1));
      }
    }
  }

  private static void leaves(Attributes attributes, boolean classifier) {
    String prefix = classifier ? "class_" : "target_";
    long targets = targets(attributes, classifier);
    int count = weights(attributes, prefix + "ids", prefix + "weights", true, targets);
    for (String name : List.of(prefix + "treeids", prefix + "nodeids")) {
      TreeLinks.requireLength(attributes, name, attributes.integers(name).length, count);
    }

    int base = attributes.numbers("base_values").length;
    boolean binary = classifier && targets <= 2;
    if (base != 0 && base != targets && !(binary && base <= 2)) {
      throw attributes.malformed("its base_values has %d values vs %d".formatted(base, targets));
    }
  }

  /** Lists in the operators of versions 1 and 3, tensors in that of version 5. */
  private static int count(Attributes attributes, String name, boolean listed) {
    return (listed ? attributes.numbers(name) : attributes.tensor(name)).length;
  }

  private static int weights(
      Attributes attributes, String ids, String weights, boolean listed, long targets) {
    long[] given = attributes.integers(ids);
    TreeLinks.requireLength(attributes, weights, count(attributes, weights, listed), given.length);
    for (long target : given) {
      if (target < 0 || target >= targets) {
        throw attributes.malformed(
            "a leaf is for target or class %d vs 0 to %d".formatted(target, targets - 1));
      }
    }

    return given.length;
  }

  private static long targets(Attributes attributes, boolean classifier) {
    if (!classifier) {
      return attributes.integer("n_targets", 0);
    }

    int texts = attributes.texts("classlabels_strings").size();
    return texts > 0 ? texts : attributes.integers("classlabels_int64s").length;
  }

  /** 0 where that is open. */
  private static long columns(ValueInfoProto value) {
    List<TensorShapeProto.Dimension> shape =
        value.getType().getTensorType().getShape().getDimList();
    return shape.isEmpty() ? 0 : shape.get(shape.size() - 1).getDimValue();
  }
}
