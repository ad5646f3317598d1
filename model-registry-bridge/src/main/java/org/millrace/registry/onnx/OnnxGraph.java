package org.millrace.registry.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.SortedMap;
import org.millrace.contracts.registry.ModelPackage;

/**
 * A graph being built, node by node. Values are referred to by name; names inside carry a slash,
 * which no column has. Not thread-safe.
 */
final class OnnxGraph {
  static final String CORE = "";
  static final String ML = "ai.onnx.ml";

  // The release ONNX 1.11 (2022): the first with ai.onnx.ml 3, and read by every runtime since
  private static final long CORE_OPSET = 16;
  private static final long ML_OPSET = 3;
  private static final long IR_VERSION = 8;
  private static final String ROWS = "N";

  private final GraphProto.Builder graph;

  OnnxGraph(String name) {
    graph = GraphProto.newBuilder().setName(name);
  }

  /** One tensor {@code [N, width]}; returns its name. */
  String input(ModelPackage.Field field) {
    graph.addInput(value(field));
    return field.name();
  }

  void output(ModelPackage.Field field) {
    graph.addOutput(value(field));
  }

  /** Adds a node with one output; returns that output's name. */
  String node(
      String domain,
      String operator,
      List<String> inputs,
      String output,
      AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setDomain(domain)
            .setOpType(operator)
            .setName(output)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes)));
    return output;
  }

  /** A constant; returns its name. */
  String constant(String name, List<Float> values, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .addAllFloatData(values);
    for (long dimension : shape) {
      tensor.addDims(dimension);
    }

    graph.addInitializer(tensor);
    return name;
  }

  /** The whole model: the same bytes for the same graph and properties. */
  byte[] model(SortedMap<String, String> properties) {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("millrace")
            .setGraph(graph)
            .addOpsetImport(opset(CORE, CORE_OPSET))
            .addOpsetImport(opset(ML, ML_OPSET));
    properties.forEach(
        (key, text) ->
            model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(text)));
    return model.build().toByteArray();
  }

  static AttributeProto floats(String name, List<Float> values) {
    return attribute(name, AttributeProto.AttributeType.FLOATS).addAllFloats(values).build();
  }

  static AttributeProto integers(String name, List<Long> values) {
    return attribute(name, AttributeProto.AttributeType.INTS).addAllInts(values).build();
  }

  static AttributeProto texts(String name, List<String> values) {
    return attribute(name, AttributeProto.AttributeType.STRINGS)
        .addAllStrings(values.stream().map(ByteString::copyFromUtf8).toList())
        .build();
  }

  static AttributeProto text(String name, String value) {
    return attribute(name, AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto number(String name, float value) {
    return attribute(name, AttributeProto.AttributeType.FLOAT).setF(value).build();
  }

  static AttributeProto integer(String name, long value) {
    return attribute(name, AttributeProto.AttributeType.INT).setI(value).build();
  }

  private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  private static OperatorSetIdProto opset(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  private static ValueInfoProto value(ModelPackage.Field field) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(ROWS))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(field.width()))
            .build();
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(ElementTypes.number(field.type()))
            .setShape(shape)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(field.name())
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
