package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;

/** Pieces of ONNX files for tests. */
final class TreeProtos {
  static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
  static final int DOUBLE = TensorProto.DataType.DOUBLE_VALUE;

  private TreeProtos() {}

  /** A model that takes [N, features] as X; its outputs have no declared type. */
  static byte[] model(
      int mlVersion, int type, int features, List<String> outputs, NodeProto... nodes) {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("test")
            .addInput(Protos.tensor("X", type, -1, features))
            .addAllNode(List.of(nodes));
    outputs.forEach(output -> graph.addOutput(ValueInfoProto.newBuilder().setName(output)));
    return model(mlVersion, graph);
  }

  static byte[] model(int mlVersion, GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(16))
        .addOpsetImport(
            OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(mlVersion))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  static NodeProto node(
      String domain,
      String type,
      String input,
      List<String> outputs,
      AttributeProto... attributes) {
    return NodeProto.newBuilder()
        .setDomain(domain)
        .setOpType(type)
        .addInput(input)
        .addAllOutput(outputs)
        .addAllAttribute(Arrays.asList(attributes))
        .build();
  }

  static AttributeProto integers(String name, List<Long> values) {
    return attribute(name, AttributeProto.AttributeType.INTS).addAllInts(values).build();
  }

  static AttributeProto integer(String name, long value) {
    return attribute(name, AttributeProto.AttributeType.INT).setI(value).build();
  }

  static AttributeProto floats(String name, List<Double> values) {
    return attribute(name, AttributeProto.AttributeType.FLOATS)
        .addAllFloats(values.stream().map(Double::floatValue).toList())
        .build();
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

  static AttributeProto tensor(String name, int type, List<Double> values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type).addDims(values.size());
    for (double value : values) {
      if (type == DOUBLE) {
        tensor.addDoubleData(value);
      } else if (type == FLOAT) {
        tensor.addFloatData((float) value);
      } else {
        tensor.addInt32Data((int) value);
      }
    }

    return attribute(name, AttributeProto.AttributeType.TENSOR).setT(tensor).build();
  }

  private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }
}
