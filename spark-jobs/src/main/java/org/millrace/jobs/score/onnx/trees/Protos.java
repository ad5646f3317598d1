package org.millrace.jobs.score.onnx.trees;

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
}
