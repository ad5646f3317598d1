package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;

/** Makes parts of ONNX files. Stateless. */
final class Protos {
  private Protos() {}

  /** A tensor; a dimension below 0 is open. */
  static ValueInfoProto tensor(String name, int elementType, long... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dimension : dimensions) {
      if (dimension < 0) {
        shape.addDimBuilder().setDimParam("N");
      } else {
        shape.addDimBuilder().setDimValue(dimension);
      }
    }

    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(elementType).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /** A model of the operator Identity alone, over {@code [rows, features]}. */
  static byte[] identity(String input, String output, int elementType, int features) {
    NodeProto node =
        NodeProto.newBuilder().setOpType("Identity").addInput(input).addOutput(output).build();
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("identity")
            .addInput(tensor(input, elementType, -1, features))
            .addNode(node)
            .addOutput(tensor(output, elementType, -1, features))
            .build();
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(16))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
