package org.millrace.bench.input;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An ONNX graph from {@code x}, floats {@code [N, width]}, to {@code score}, floats {@code [N, 1]}.
 * A class of its own and not the product's: the benchmark's models must not change with it.
 */
final class Graph {
  static final String INPUT = "x";
  static final String OUTPUT = "score";

  private final GraphProto.Builder graph;

  Graph(String name, int width) {
    graph =
        GraphProto.newBuilder()
            .setName(name)
            .addInput(value(INPUT, width))
            .addOutput(value(OUTPUT, 1));
  }

  Graph node(
      String domain, String operator, String output, List<String> inputs, AttributeProto... set) {
    graph.addNode(
        NodeProto.newBuilder()
            .setDomain(domain)
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(set)));
    return this;
  }

  /** Standard normal draws, scaled. */
  Graph weights(String name, SplittableRandom random, double scale, int... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
    int size = 1;
    for (int dimension : shape) {
      tensor.addDims(dimension);
      size *= dimension;
    }

    for (int i = 0; i < size; i++) {
      tensor.addFloatData((float) (random.nextGaussian() * scale));
    }

    graph.addInitializer(tensor);
    return this;
  }

  byte[] model() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("millrace-bench")
        .setGraph(graph)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(16))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3))
        .build()
        .toByteArray();
  }

  static AttributeProto floats(String name, List<Float> values) {
    return attribute(name, AttributeProto.AttributeType.FLOATS).addAllFloats(values).build();
  }

  static AttributeProto integers(String name, List<Long> values) {
    return attribute(name, AttributeProto.AttributeType.INTS).addAllInts(values).build();
  }

  static AttributeProto texts(String name, List<ByteString> values) {
    return attribute(name, AttributeProto.AttributeType.STRINGS).addAllStrings(values).build();
  }

  static AttributeProto integer(String name, long value) {
    return attribute(name, AttributeProto.AttributeType.INT).setI(value).build();
  }

  private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  private static ValueInfoProto value(String name, int width) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width))
            .build();
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT_VALUE)
            .setShape(shape)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
