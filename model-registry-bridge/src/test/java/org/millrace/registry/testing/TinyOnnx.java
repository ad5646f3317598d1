package org.millrace.registry.testing;

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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.Digest;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelPackage.Field;

/**
 * A model small enough to predict by hand: {@code score = sigmoid(x + weight(carrier))}, where the
 * weight of AA is 1, of UA 2, of all others 0. Inputs {@code x} (float) and {@code carrier}
 * (string), output {@code score} (float), all {@code [N,1]}.
 */
public final class TinyOnnx {
  private TinyOnnx() {}

  /**
   * Writes the model over {@code file}.
   *
   * @param note goes into the file, so that two notes make two files of one behaviour
   */
  public static Path write(Path file, String note) {
    try {
      return Files.write(file, model(note).toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ready to be registered. */
  public static ModelPackage modelPackage(String name, Path onnx) {
    return new ModelPackage(
        name,
        onnx,
        Digest.sha256(onnx),
        List.of(new Field("x", "float", 1), new Field("carrier", "string", 1)),
        List.of(new Field("score", "float", 1)),
        Map.of("features.json", "{}".getBytes(StandardCharsets.UTF_8)),
        Map.of("version", "1.0.0", "gate", "PASS"),
        Map.of("trees", "20"));
  }

  private static ModelProto model(String note) {
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("tiny")
            .addInput(tensor("x", TensorProto.DataType.FLOAT))
            .addInput(tensor("carrier", TensorProto.DataType.STRING))
            .addOutput(tensor("score", TensorProto.DataType.FLOAT))
            .addNode(weights())
            .addNode(node("Add", "sum", "x", "weight"))
            .addNode(node("Sigmoid", "score", "sum"))
            .build();
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("millrace")
        .setDocString(note)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(15))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(2))
        .setGraph(graph)
        .build();
  }

  private static NodeProto weights() {
    return node("LabelEncoder", "weight", "carrier").toBuilder()
        .setDomain("ai.onnx.ml")
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("keys_strings")
                .setType(AttributeProto.AttributeType.STRINGS)
                .addStrings(ByteString.copyFromUtf8("AA"))
                .addStrings(ByteString.copyFromUtf8("UA")))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("values_floats")
                .setType(AttributeProto.AttributeType.FLOATS)
                .addFloats(1)
                .addFloats(2))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("default_float")
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(0))
        .build();
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static ValueInfoProto tensor(String name, TensorProto.DataType type) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }
}
