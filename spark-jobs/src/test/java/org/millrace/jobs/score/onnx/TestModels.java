package org.millrace.jobs.score.onnx;

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
import java.util.Random;

/** Small ONNX models, built operator by operator. */
public final class TestModels {
  private static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();
  private static final int STRING = TensorProto.DataType.STRING.getNumber();
  private static final int INT64 = TensorProto.DataType.INT64.getNumber();

  /** Element types that columns can fill. */
  static final List<TensorProto.DataType> EVERY_TYPE =
      List.of(
          TensorProto.DataType.FLOAT,
          TensorProto.DataType.DOUBLE,
          TensorProto.DataType.FLOAT16,
          TensorProto.DataType.INT64,
          TensorProto.DataType.INT32,
          TensorProto.DataType.INT16,
          TensorProto.DataType.INT8,
          TensorProto.DataType.UINT8,
          TensorProto.DataType.BOOL,
          TensorProto.DataType.STRING);

  private TestModels() {}

  /**
   * sigmoid(0.5 temp - 0.25 delay + code(carrier)) with a NaN temp as 10 and a NaN delay as 0; the
   * codes are UA 1, AA -1, anything else 0.25.
   */
  public static byte[] named() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("named")
            .addInput(value("temp", FLOAT, -1, 1))
            .addInput(value("delay", FLOAT, -1, 1))
            .addInput(value("carrier", STRING, -1, 1))
            .addOutput(value("probability", FLOAT, -1, 1))
            .addInitializer(floats("ten", List.of(1L), 10f))
            .addInitializer(floats("zero", List.of(1L), 0f))
            .addInitializer(floats("weights", List.of(3L, 1L), 0.5f, -0.25f, 1f))
            .addNode(node("IsNaN", "temp_nan", "temp"))
            .addNode(node("Where", "temp_known", "temp_nan", "ten", "temp"))
            .addNode(node("IsNaN", "delay_nan", "delay"))
            .addNode(node("Where", "delay_known", "delay_nan", "zero", "delay"))
            .addNode(codes())
            .addNode(
                node("Concat", "all", "temp_known", "delay_known", "code").toBuilder()
                    .addAttribute(integer("axis", 1)))
            .addNode(node("MatMul", "logit", "all", "weights"))
            .addNode(node("Sigmoid", "probability", "logit"));
    return model(graph);
  }

  /** sigmoid(features x weights), as {@code [N, 1]} or {@code [N]}. */
  public static byte[] matrix(boolean flat, float... weights) {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("matrix")
            .addInput(value("features", FLOAT, -1, weights.length))
            .addInitializer(floats("weights", List.of((long) weights.length, 1L), weights))
            .addNode(node("MatMul", "logit", "features", "weights"));
    if (flat) {
      graph
          .addInitializer(
              TensorProto.newBuilder()
                  .setName("axis")
                  .setDataType(INT64)
                  .addDims(1)
                  .addInt64Data(1))
          .addNode(node("Squeeze", "flat", "logit", "axis"))
          .addNode(node("Sigmoid", "probability", "flat"))
          .addOutput(value("probability", FLOAT, -1));
    } else {
      graph
          .addNode(node("Sigmoid", "probability", "logit"))
          .addOutput(value("probability", FLOAT, -1, 1));
    }

    return model(graph);
  }

  /** Layers of fixed random weights with Relu between them and a sigmoid behind. */
  static byte[] mlp(int... widths) {
    GraphProto.Builder graph =
        GraphProto.newBuilder().setName("mlp").addInput(value("features", FLOAT, -1, widths[0]));
    Random random = new Random(7);
    String from = "features";
    for (int layer = 1; layer < widths.length; layer++) {
      float[] weights = new float[widths[layer - 1] * widths[layer]];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) (random.nextGaussian() / Math.sqrt(widths[layer - 1]));
      }

      String name = "w" + layer;
      String bias = "b" + layer;
      String to = "g" + layer;
      graph
          .addInitializer(
              floats(name, List.of((long) widths[layer - 1], (long) widths[layer]), weights))
          .addInitializer(floats(bias, List.of((long) widths[layer]), new float[widths[layer]]))
          .addNode(node("Gemm", to, from, name, bias));
      boolean last = layer == widths.length - 1;
      from = last ? to : to + "r";
      if (!last) {
        graph.addNode(node("Relu", from, to));
      }
    }

    graph
        .addNode(node("Sigmoid", "score", from))
        .addOutput(value("score", FLOAT, -1, widths[widths.length - 1]));
    return model(graph);
  }

  /** Gives each input {@code [N, 1]} back, one for each element type that columns can fill. */
  static byte[] everyType() {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("types");
    for (TensorProto.DataType type : EVERY_TYPE) {
      String name = type.name().toLowerCase(java.util.Locale.ROOT);
      graph
          .addInput(value(name, type.getNumber(), -1, 1))
          .addNode(node("Identity", name + "_out", name))
          .addOutput(value(name + "_out", type.getNumber(), -1, 1));
    }

    return model(graph);
  }

  /** Gives {@code features} back, with these dimensions behind the rows. */
  public static byte[] identity(TensorProto.DataType type, long... dims) {
    long[] shape = new long[dims.length + 1];
    shape[0] = -1;
    System.arraycopy(dims, 0, shape, 1, dims.length);
    return model(
        GraphProto.newBuilder()
            .setName("identity")
            .addInput(value("features", type.getNumber(), shape))
            .addNode(node("Identity", "same", "features"))
            .addOutput(value("same", type.getNumber(), shape)));
  }

  /** As converters write a classifier: the label, and the probabilities as a map for each row. */
  static byte[] zipMap(boolean texts) {
    AttributeProto.Builder labels =
        texts
            ? AttributeProto.newBuilder()
                .setName("classlabels_strings")
                .setType(AttributeProto.AttributeType.STRINGS)
                .addStrings(ByteString.copyFromUtf8("no"))
                .addStrings(ByteString.copyFromUtf8("yes"))
            : AttributeProto.newBuilder()
                .setName("classlabels_int64s")
                .setType(AttributeProto.AttributeType.INTS)
                .addInts(0)
                .addInts(1);
    TypeProto map =
        TypeProto.newBuilder()
            .setMapType(
                TypeProto.Map.newBuilder()
                    .setKeyType(texts ? STRING : INT64)
                    .setValueType(
                        TypeProto.newBuilder()
                            .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT))))
            .build();
    return model(
        GraphProto.newBuilder()
            .setName("zip")
            .addInput(value("features", FLOAT, -1, 2))
            .addNode(node("Softmax", "probabilities", "features"))
            .addNode(
                node("ArgMax", "label", "features").toBuilder()
                    .addAttribute(integer("axis", 1))
                    .addAttribute(integer("keepdims", 0)))
            .addNode(
                node("ZipMap", "by_class", "probabilities").toBuilder()
                    .setDomain("ai.onnx.ml")
                    .addAttribute(labels))
            .addOutput(value("label", INT64, -1))
            .addOutput(value("probabilities", FLOAT, -1, 2))
            .addOutput(
                ValueInfoProto.newBuilder()
                    .setName("by_class")
                    .setType(
                        TypeProto.newBuilder()
                            .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(map)))));
  }

  /** Made for batches of four rows alone. */
  static byte[] fixedBatch() {
    return model(
        GraphProto.newBuilder()
            .setName("fixed")
            .addInput(value("features", FLOAT, 4, 1))
            .addNode(node("Sigmoid", "probability", "features"))
            .addOutput(value("probability", FLOAT, 4, 1)));
  }

  /** Gives its input back as two outputs: one of them is too wide for a probability. */
  static byte[] twoOutputs() {
    return model(
        GraphProto.newBuilder()
            .setName("two")
            .addInput(value("features", FLOAT, -1, 2))
            .addOutput(value("same", FLOAT, -1, 2))
            .addOutput(value("sum", FLOAT, -1, 1))
            .addInitializer(floats("ones", List.of(2L, 1L), 1f, 1f))
            .addNode(node("Identity", "same", "features"))
            .addNode(node("MatMul", "sum", "features", "ones")));
  }

  /** Its weights lie in another file. */
  static byte[] external(String file) {
    return model(
        GraphProto.newBuilder()
            .setName("external")
            .addInput(value("features", FLOAT, -1, 1))
            .addOutput(value("probability", FLOAT, -1, 1))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("weights")
                    .setDataType(FLOAT)
                    .addDims(1)
                    .addDims(1)
                    .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue(file)))
            .addNode(node("MatMul", "probability", "features", "weights")));
  }

  /** A whole file that no runtime can run. */
  static byte[] unknownOperator() {
    return model(
        GraphProto.newBuilder()
            .setName("unknown")
            .addInput(value("features", FLOAT, -1, 1))
            .addOutput(value("probability", FLOAT, -1, 1))
            .addNode(node("NoSuchOperator", "probability", "features")));
  }

  /** Its two nodes feed one another. */
  static byte[] cyclic() {
    return model(
        GraphProto.newBuilder()
            .setName("cyclic")
            .addInput(value("features", FLOAT, -1, 1))
            .addOutput(value("probability", FLOAT, -1, 1))
            .addNode(node("Add", "probability", "features", "later"))
            .addNode(node("Sigmoid", "later", "probability")));
  }

  /** Written for an operator set of this version. */
  static byte[] opset(int version) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(version))
        .setGraph(
            GraphProto.newBuilder()
                .setName("opset")
                .addInput(value("features", FLOAT, -1, 1))
                .addOutput(value("probability", FLOAT, -1, 1))
                .addNode(node("Sigmoid", "probability", "features")))
        .build()
        .toByteArray();
  }

  /** Its branch leads to itself if the condition holds. */
  static byte[] loopingTree() {
    return model(
        GraphProto.newBuilder()
            .setName("loop")
            .addInput(value("features", FLOAT, -1, 1))
            .addOutput(value("score", FLOAT, -1, 1))
            .addNode(
                node("TreeEnsembleRegressor", "score", "features").toBuilder()
                    .setDomain("ai.onnx.ml")
                    .addAttribute(integer("n_targets", 1))
                    .addAttribute(integers("nodes_treeids", 0, 0))
                    .addAttribute(integers("nodes_nodeids", 0, 1))
                    .addAttribute(integers("nodes_featureids", 0, 0))
                    .addAttribute(integers("nodes_truenodeids", 0, 0))
                    .addAttribute(integers("nodes_falsenodeids", 1, 0))
                    .addAttribute(integers("target_treeids", 0))
                    .addAttribute(integers("target_nodeids", 1))
                    .addAttribute(integers("target_ids", 0))
                    .addAttribute(list("nodes_values", 0f, 0f))
                    .addAttribute(list("target_weights", 1f))
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("nodes_modes")
                            .setType(AttributeProto.AttributeType.STRINGS)
                            .addStrings(ByteString.copyFromUtf8("BRANCH_LEQ"))
                            .addStrings(ByteString.copyFromUtf8("LEAF")))));
  }

  /**
   * A forest of three targets that declares one number a row, as converters do: where {@code f <=
   * 0.5} they are 1, 2, 3, else 4, 5, 6. Its other output has its rows on the second axis.
   */
  public static byte[] threeTargets() {
    return model(
        GraphProto.newBuilder()
            .setName("three")
            .addInput(value("f.1", FLOAT, -1, 1))
            .addOutput(value("targets", FLOAT, -1, 1))
            .addOutput(value("turned", FLOAT, 1, -1))
            .addNode(node("Transpose", "turned", "f.1"))
            .addNode(
                node("TreeEnsembleRegressor", "targets", "f.1").toBuilder()
                    .setDomain("ai.onnx.ml")
                    .addAttribute(integer("n_targets", 3))
                    .addAttribute(integers("nodes_treeids", 0, 0, 0))
                    .addAttribute(integers("nodes_nodeids", 0, 1, 2))
                    .addAttribute(integers("nodes_featureids", 0, 0, 0))
                    .addAttribute(integers("nodes_truenodeids", 1, 0, 0))
                    .addAttribute(integers("nodes_falsenodeids", 2, 0, 0))
                    .addAttribute(integers("target_treeids", 0, 0, 0, 0, 0, 0))
                    .addAttribute(integers("target_nodeids", 1, 1, 1, 2, 2, 2))
                    .addAttribute(integers("target_ids", 0, 1, 2, 0, 1, 2))
                    .addAttribute(list("nodes_values", 0.5f, 0f, 0f))
                    .addAttribute(list("target_weights", 1f, 2f, 3f, 4f, 5f, 6f))
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("nodes_modes")
                            .setType(AttributeProto.AttributeType.STRINGS)
                            .addStrings(ByteString.copyFromUtf8("BRANCH_LEQ"))
                            .addStrings(ByteString.copyFromUtf8("LEAF"))
                            .addStrings(ByteString.copyFromUtf8("LEAF")))));
  }

  /** Hands on the rows whose number is not negative, and no others. */
  public static byte[] droppingRows() {
    return model(
        GraphProto.newBuilder()
            .setName("dropping")
            .addInput(value("x", FLOAT, -1))
            .addOutput(value("kept", FLOAT, -1))
            .addInitializer(floats("zero", List.of(), 0f))
            .addNode(node("GreaterOrEqual", "mask", "x", "zero"))
            .addNode(node("Compress", "kept", "x", "mask")));
  }

  private static AttributeProto integers(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }

    return attribute.build();
  }

  private static AttributeProto list(String name, float... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS);
    for (float value : values) {
      attribute.addFloats(value);
    }

    return attribute.build();
  }

  private static NodeProto codes() {
    return node("LabelEncoder", "code", "carrier").toBuilder()
        .setDomain("ai.onnx.ml")
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("keys_strings")
                .setType(AttributeProto.AttributeType.STRINGS)
                .addStrings(ByteString.copyFromUtf8("UA"))
                .addStrings(ByteString.copyFromUtf8("AA")))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("values_floats")
                .setType(AttributeProto.AttributeType.FLOATS)
                .addFloats(1f)
                .addFloats(-1f))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("default_float")
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(0.25f))
        .build();
  }

  private static byte[] model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(2))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static NodeProto node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static TensorProto floats(String name, List<Long> dims, float... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(FLOAT).addAllDims(dims);
    for (float value : values) {
      tensor.addFloatData(value);
    }

    return tensor.build();
  }

  private static ValueInfoProto value(String name, int type, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
      if (dim < 0) {
        dimension.setDimParam("N");
      } else {
        dimension.setDimValue(dim);
      }
    }

    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }
}
