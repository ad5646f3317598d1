package org.millrace.registry.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One walk through everything a model can hold: the main graph, the graphs in attributes (If, Loop,
 * Scan), functions, and training graphs, with every tensor in them. Not thread-safe.
 */
final class OnnxContent {
  private final SortedSet<String> operators = new TreeSet<>();
  private final SortedSet<String> domains = new TreeSet<>();
  private final List<String> external = new ArrayList<>();
  private final SortedSet<String> unknownValues = new TreeSet<>();

  private OnnxContent() {}

  static OnnxContent of(ModelProto model) {
    OnnxContent content = new OnnxContent();
    content.graph(model.getGraph(), Set.of());
    for (FunctionProto function : model.getFunctionsList()) {
      content.function(function);
    }

    model
        .getTrainingInfoList()
        .forEach(
            training -> {
              content.graph(training.getInitialization(), Set.of());
              // an algorithm may name whatever the main graph knows
              content.graph(training.getAlgorithm(), names(model.getGraph()));
            });
    return content;
  }

  /** {@code domain.Name} of every node. */
  SortedSet<String> operators() {
    return operators;
  }

  /** Domains of these operators. */
  SortedSet<String> domains() {
    return domains;
  }

  /** Names of tensors whose data lies outside the file. */
  List<String> external() {
    return external;
  }

  /** Values that are used and that nothing makes. */
  SortedSet<String> unknownValues() {
    return unknownValues;
  }

  static String domain(String domain) {
    return domain.isEmpty() ? "ai.onnx" : domain;
  }

  private void graph(GraphProto graph, Set<String> outer) {
    Set<String> known = new HashSet<>(outer);
    graph.getInputList().forEach(input -> known.add(input.getName()));
    for (TensorProto tensor : graph.getInitializerList()) {
      tensor(tensor);
      known.add(tensor.getName());
    }

    for (SparseTensorProto tensor : graph.getSparseInitializerList()) {
      sparse(tensor);
      known.add(tensor.getValues().getName());
    }

    nodes(graph.getNodeList(), known);
    for (ValueInfoProto output : graph.getOutputList()) {
      require(output.getName(), known);
    }
  }

  private void function(FunctionProto function) {
    Set<String> known = new HashSet<>(function.getInputList());
    nodes(function.getNodeList(), known);
    function.getOutputList().forEach(output -> require(output, known));
  }

  /** Nodes stand in an order in which each one's inputs are already there. */
  private void nodes(List<NodeProto> nodes, Set<String> known) {
    for (NodeProto node : nodes) {
      operators.add(domain(node.getDomain()) + "." + node.getOpType());
      domains.add(domain(node.getDomain()));
      node.getInputList().forEach(input -> require(input, known));
      node.getAttributeList().forEach(attribute -> attribute(attribute, known));
      known.addAll(node.getOutputList());
    }
  }

  private void attribute(AttributeProto attribute, Set<String> known) {
    if (attribute.hasT()) {
      tensor(attribute.getT());
    }

    attribute.getTensorsList().forEach(this::tensor);
    if (attribute.hasSparseTensor()) {
      sparse(attribute.getSparseTensor());
    }

    attribute.getSparseTensorsList().forEach(this::sparse);
    if (attribute.hasG()) {
      graph(attribute.getG(), known);
    }

    attribute.getGraphsList().forEach(graph -> graph(graph, known));
  }

  private void sparse(SparseTensorProto tensor) {
    tensor(tensor.getValues());
    tensor(tensor.getIndices());
  }

  private void tensor(TensorProto tensor) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
        || tensor.getExternalDataCount() > 0) {
      external.add(tensor.getName().isEmpty() ? "a tensor without a name" : tensor.getName());
    }
  }

  /** The empty name stands for an optional input that is left out. */
  private void require(String value, Set<String> known) {
    if (!value.isEmpty() && !known.contains(value)) {
      unknownValues.add(value);
    }
  }

  private static Set<String> names(GraphProto graph) {
    Set<String> names = new HashSet<>();
    graph.getInputList().forEach(input -> names.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    graph.getNodeList().forEach(node -> names.addAll(node.getOutputList()));
    return names;
  }
}
