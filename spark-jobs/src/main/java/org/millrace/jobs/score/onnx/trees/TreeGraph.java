package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A model cut at its one tree ensemble.
 *
 * @param trees the ensemble's operator
 * @param prefix what makes its input, in order; empty where that is the model's input
 * @param outputs one for each output of the model, in order; none where these are not looked at
 */
record TreeGraph(ModelProto model, NodeProto trees, List<NodeProto> prefix, List<Outlet> outputs) {
  /** The steps from the trees to one output of the model. */
  record Outlet(ValueInfoProto output, boolean label, List<NodeProto> steps) {
    /** The steps but for one that makes maps. */
    List<NodeProto> computed() {
      return steps.stream().filter(step -> !step.getOpType().equals(Suffix.MAP)).toList();
    }
  }

  /**
   * Cuts.
   *
   * @throws NotCovered where there is no such place
   */
  static TreeGraph of(ModelProto model) {
    TreeGraph cut = upToTrees(model);
    GraphProto graph = model.getGraph();
    NodeProto node = cut.trees();
    Map<String, NodeProto> makers = new HashMap<>();
    graph.getNodeList().forEach(one -> one.getOutputList().forEach(name -> makers.put(name, one)));
    List<Outlet> outputs = new ArrayList<>();
    for (ValueInfoProto output : graph.getOutputList()) {
      outputs.add(outlet(output, node, makers));
    }

    return new TreeGraph(model, node, cut.prefix(), outputs);
  }

  /**
   * Cuts without a look at what comes after the trees: there are no outlets.
   *
   * @throws NotCovered where there is no such place
   */
  static TreeGraph upToTrees(ModelProto model) {
    GraphProto graph = model.getGraph();
    List<NodeProto> trees = graph.getNodeList().stream().filter(EnsembleReader::isTrees).toList();
    if (trees.size() != 1) {
      throw new NotCovered("it has " + trees.size() + " tree ensembles");
    }

    NodeProto node = trees.get(0);
    if (node.getInputCount() != 1) {
      throw new NotCovered("its trees have " + node.getInputCount() + " inputs");
    }

    return new TreeGraph(model, node, prefix(graph, node), List.of());
  }

  /** Name of the tensor that the trees take. */
  String input() {
    return trees.getInput(0);
  }

  private static Outlet outlet(
      ValueInfoProto output, NodeProto trees, Map<String, NodeProto> makers) {
    List<NodeProto> steps = new ArrayList<>();
    String value = output.getName();
    while (true) {
      NodeProto maker = makers.get(value);
      if (maker == null || steps.size() > makers.size()) {
        throw new NotCovered("its output " + output.getName() + " does not come from its trees");
      } else if (maker.equals(trees)) {
        boolean classifier = trees.getOpType().equals(EnsembleReader.CLASSIFIER);
        return new Outlet(output, classifier && trees.getOutput(0).equals(value), steps);
      } else if (maker.getInputCount() != 1) {
        throw new NotCovered("after its trees comes " + maker.getOpType());
      }

      steps.add(0, maker);
      value = maker.getInput(0);
    }
  }

  private static List<NodeProto> prefix(GraphProto graph, NodeProto trees) {
    Set<String> wanted = new HashSet<>(trees.getInputList());
    List<NodeProto> prefix = new ArrayList<>();
    for (int at = graph.getNodeCount() - 1; at >= 0; at--) {
      NodeProto node = graph.getNode(at);
      if (!node.equals(trees) && node.getOutputList().stream().anyMatch(wanted::contains)) {
        if (node.getAttributeList().stream()
            .anyMatch(one -> one.hasG() || one.getGraphsCount() > 0)) {
          throw new NotCovered("before its trees there is control flow");
        }

        prefix.add(0, node);
        wanted.addAll(node.getInputList());
      }
    }

    return prefix;
  }

  /**
   * A model of the prefix alone, whose one output is the trees' input.
   *
   * @param output its type, or its bare name to let ONNX Runtime find out
   */
  ModelProto prefixModel(ValueInfoProto output) {
    GraphProto graph = model.getGraph();
    Set<String> used =
        prefix.stream().flatMap(node -> node.getInputList().stream()).collect(Collectors.toSet());
    GraphProto.Builder made =
        GraphProto.newBuilder()
            .setName(graph.getName())
            .addAllNode(prefix)
            .addAllInput(graph.getInputList())
            .addAllSparseInitializer(graph.getSparseInitializerList())
            .addOutput(output);
    for (TensorProto constant : graph.getInitializerList()) {
      if (used.contains(constant.getName())) {
        made.addInitializer(constant);
      }
    }

    return model.toBuilder().setGraph(made).clearTrainingInfo().build();
  }

  /** A model of the trees and what follows them, short of maps; outputs named as in the outlets. */
  ModelProto treesModel(int elementType, int features) {
    Map<String, NodeProto> steps = new LinkedHashMap<>();
    Set<String> values = new LinkedHashSet<>();
    for (Outlet outlet : outputs) {
      outlet.computed().forEach(step -> steps.put(step.getOutput(0), step));
      values.add(value(outlet));
    }

    GraphProto.Builder made =
        GraphProto.newBuilder()
            .setName("trees")
            .addInput(Protos.tensor(input(), elementType, -1, features))
            .addNode(trees)
            .addAllNode(steps.values());
    values.forEach(value -> made.addOutput(ValueInfoProto.newBuilder().setName(value)));
    return model.toBuilder().setGraph(made).clearFunctions().clearTrainingInfo().build();
  }

  /** Name of the tensor that an outlet ends with, short of maps. */
  String value(Outlet outlet) {
    List<NodeProto> computed = outlet.computed();
    return computed.isEmpty()
        ? trees.getOutput(outlet.label() ? 0 : trees.getOutputCount() - 1)
        : computed.get(computed.size() - 1).getOutput(0);
  }
}
