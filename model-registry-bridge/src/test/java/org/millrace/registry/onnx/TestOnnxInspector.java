package org.millrace.registry.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage.Field;
import org.millrace.registry.onnx.TreeEnsemble.Leaf;
import org.millrace.registry.onnx.TreeEnsemble.Split;
import org.millrace.registry.onnx.TreeEnsemble.Tree;

class TestOnnxInspector {
  private static final byte[] MODEL =
      OnnxExport.trees(
          new FeatureEncoding(
              List.of(new FeatureEncoding.Numeric("delay", 5f)),
              List.of(
                  new FeatureEncoding.Categorical("carrier", new TreeMap<>(Map.of("AA", 0f)), 1f))),
          new TreeEnsemble(List.of(new Tree(1, new Split(0, 1, new Leaf(0), new Leaf(1))))),
          OnnxExport.Link.LOGIT,
          2,
          Map.of("name", "late_flight"));

  @Test
  void showsWhatAModelTakesAndGives(@TempDir Path directory) throws Exception {
    Path file = Files.write(directory.resolve("model.onnx"), MODEL);
    OnnxModelInfo info = OnnxInspector.inspect(file);
    assertThat(info.inputs())
        .containsExactly(
            new OnnxModelInfo.Tensor("delay", "float", List.of("N", "1")),
            new OnnxModelInfo.Tensor("carrier", "string", List.of("N", "1")));
    assertThat(info.inputFields())
        .containsExactly(new Field("delay", "float", 1), new Field("carrier", "string", 1));
    assertThat(info.outputFields()).containsExactly(new Field("score", "float", 1));
    assertThat(info.opsets())
        .containsExactly(Map.entry("ai.onnx", 16L), Map.entry("ai.onnx.ml", 3L));
    assertThat(info.operators())
        .containsExactly(
            "ai.onnx.Concat",
            "ai.onnx.Sigmoid",
            "ai.onnx.ml.Imputer",
            "ai.onnx.ml.LabelEncoder",
            "ai.onnx.ml.TreeEnsembleRegressor");
    assertThat(info.properties()).containsEntry("name", "late_flight");
  }

  @Test
  void refusesEveryTruncation() throws Exception {
    // the metadata comes last and may be absent: what remains without it is whole
    int whole =
        ModelProto.parseFrom(MODEL).toBuilder().clearMetadataProps().build().getSerializedSize();
    for (int length = 0; length < MODEL.length; length++) {
      if (length != whole) {
        byte[] cut = Arrays.copyOf(MODEL, length);
        refused(() -> OnnxInspector.inspect(cut, "cut"), "Cannot use the model cut: it ");
      }
    }
  }

  @Test
  void refusesWhatIsNoModel(@TempDir Path directory) {
    refused(
        () -> OnnxInspector.inspect("<html>".getBytes(StandardCharsets.UTF_8), "page"),
        "Cannot use the model page: it is no whole ONNX file (6 bytes");
    refused(() -> OnnxInspector.inspect(new byte[0], "empty"), "it lacks a graph with an output");
    assertThatThrownBy(() -> OnnxInspector.inspect(directory.resolve("absent.onnx")))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INPUT_MISSING))
        .hasMessageContaining("Cannot read the model");
  }

  @Test
  void refusesAGraphWhoseValuesComeFromNowhere() {
    refused(
        () -> inspect(model -> model.getGraphBuilder().removeNode(0)),
        "nothing makes the values [encode/numeric]");
    refused(
        () -> inspect(model -> model.getGraphBuilder().getOutputBuilder(0).setName("other")),
        "nothing makes the values [other]");
  }

  @Test
  void refusesDataOutsideTheFileWhereverItHides() {
    TensorProto outside =
        TensorProto.newBuilder()
            .setName("weights")
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .build();
    GraphProto graph = GraphProto.newBuilder().addInitializer(outside).build();
    NodeProto constant =
        node(AttributeProto.newBuilder().setName("value").setT(outside).build()).build();
    NodeProto branch =
        node(AttributeProto.newBuilder().setName("then_branch").setG(graph).build()).build();
    List<Consumer<ModelProto.Builder>> places =
        List.of(
            model -> model.getGraphBuilder().addInitializer(outside),
            model -> model.getGraphBuilder().addNode(constant),
            model -> model.getGraphBuilder().addNode(branch),
            model ->
                model
                    .getGraphBuilder()
                    .addNode(node(AttributeProto.newBuilder().addGraphs(graph).build())),
            model ->
                model
                    .getGraphBuilder()
                    .addNode(node(AttributeProto.newBuilder().addTensors(outside).build())),
            model -> model.getGraphBuilder().addSparseInitializerBuilder().setValues(outside),
            model -> model.addFunctions(FunctionProto.newBuilder().addNode(branch)),
            model -> model.addTrainingInfoBuilder().setInitialization(graph));
    for (Consumer<ModelProto.Builder> place : places) {
      refused(() -> inspect(place), "its data lies in other files (weights)");
    }
  }

  @Test
  void namesEveryColumnThatDoesNotFit() {
    OnnxModelInfo info = OnnxInspector.inspect(MODEL, "model.onnx");
    info.requireInputs(Map.of("delay", "double", "carrier", "string", "further", "long"));
    refused(
        () -> info.requireInputs(Map.of("carrier", "int")),
        "Cannot feed model.onnx: 'delay' (float) is missing; 'carrier' needs string, the column is"
            + " int");
  }

  @Test
  void refusesInputsThatAreNoRowsOfKnownType() {
    refused(
        () ->
            inspect(
                    model ->
                        model
                            .getGraphBuilder()
                            .getInputBuilder(0)
                            .getTypeBuilder()
                            .getTensorTypeBuilder()
                            .setElemType(TensorProto.DataType.FLOAT16_VALUE))
                .inputFields(),
        "its inputs [delay: float16[N, 1]] are not [rows, width]");
  }

  private static OnnxModelInfo inspect(Consumer<ModelProto.Builder> change) {
    try {
      ModelProto.Builder model = ModelProto.parseFrom(MODEL).toBuilder();
      change.accept(model);
      return OnnxInspector.inspect(model.build().toByteArray(), "changed");
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static NodeProto.Builder node(AttributeProto attribute) {
    return NodeProto.newBuilder().setOpType("If").addOutput("made").addAttribute(attribute);
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining(message);
  }
}
