package org.millrace.jobs.score.onnx.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Columns of the trees' input, followed back through what converters put before them. */
final class TestFeatureSources {
  private static final int STRING = TensorProto.DataType.STRING_VALUE;

  @Test
  void aMatrixIsItsOwnSource() {
    GraphProto.Builder graph = graph().addNode(trees("X"));

    assertThat(sources(graph, 3)).containsExactly("X[0]", "X[1]", "X[2]");
  }

  @Test
  void joinedPickedAndEncodedColumnsAreFollowed() {
    GraphProto.Builder graph =
        graph()
            .addInitializer(integers("which", 2, 0))
            .addInitializer(integers("shape", -1, 3))
            .addInitializer(floats("ones", 1, 1))
            .addNode(ml("ArrayFeatureExtractor", "picked", "X", "which"))
            .addNode(core("Sub", "centred", "picked", "ones"))
            .addNode(
                ml("OneHotEncoder", "hot", "city").toBuilder()
                    .addAttribute(TreeProtos.texts("cats_strings", List.of("a", "b", "c"))))
            .addNode(core("Reshape", "flat", "hot", "shape"))
            .addNode(core("IsNaN", "missing", "wind"))
            .addNode(core("Where", "filled", "missing", "one", "wind"))
            .addInitializer(floats("one", 1))
            .addNode(joined("all", "filled", "centred", "flat"))
            .addNode(trees("all"));

    assertThat(sources(graph, 6))
        .containsExactly("wind[0]", "X[2]", "X[0]", "city[0]", "city[0]", "city[0]");
  }

  @Test
  void stepsThatMixColumnsAreRefused() {
    assertRefused(
        graph()
            .addNode(core("MatMul", "mixed", "X", "weights"))
            .addInitializer(floats("weights", 1, 1, 1))
            .addNode(trees("mixed")),
        "MatMul mixes columns, or is unknown");
    assertRefused(
        graph().addNode(core("Add", "sum", "X", "wind")).addNode(trees("sum")),
        "Add mixes columns");
    assertRefused(
        graph()
            .addNode(core("Sub", "wider", "wind", "weights"))
            .addInitializer(floats("weights", 1, 1, 1))
            .addNode(trees("wider")),
        "Sub does not keep the width of its row");
    assertRefused(
        graph()
            .addNode(core("Reshape", "halved", "X", "shape"))
            .addInitializer(integers("shape", -1, 1))
            .addNode(trees("halved")),
        "Reshape does not keep the width of its row");
    assertRefused(
        graph().addNode(joined("few", "wind", "X")).addNode(trees("few")),
        "4 columns were followed vs 3 of their input");
    assertRefused(graph().addNode(trees("elsewhere")), "the width of elsewhere is unknown");
  }

  private static List<String> sources(GraphProto.Builder graph, int features) {
    return FeatureSources.of(TreeProtos.model(3, graph), features).stream()
        .map(source -> source.input() + "[" + source.position() + "]")
        .toList();
  }

  private static void assertRefused(GraphProto.Builder graph, String reason) {
    assertThatThrownBy(() -> sources(graph, 3))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot name the columns that the trees read: "
                + reason
                + "; covered are steps that treat, join or pick columns, and one-hot encoders; read"
                + " the contributions by position")
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  /** Takes a matrix of three columns, a text and a number. */
  private static GraphProto.Builder graph() {
    return GraphProto.newBuilder()
        .setName("test")
        .addInput(Protos.tensor("X", TreeProtos.FLOAT, -1, 3))
        .addInput(Protos.tensor("city", STRING, -1, 1))
        .addInput(Protos.tensor("wind", TreeProtos.FLOAT, -1, 1))
        .addOutput(ValueInfoProto.newBuilder().setName("scores"));
  }

  private static NodeProto trees(String input) {
    RandomTrees.Kind kind =
        new RandomTrees.Kind(
            EnsembleReader.REGRESSOR,
            false,
            3,
            1,
            2,
            2,
            0,
            true,
            List.of("BRANCH_LEQ"),
            false,
            0,
            false,
            "SUM",
            "NONE",
            0,
            true,
            false,
            false);
    return new RandomTrees(kind, new Random(1)).node().toBuilder().setInput(0, input).build();
  }

  private static NodeProto joined(String output, String... inputs) {
    return core("Concat", output, inputs).toBuilder()
        .addAttribute(TreeProtos.integer("axis", 1))
        .build();
  }

  private static NodeProto core(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .addOutput(output)
        .addAllInput(List.of(inputs))
        .build();
  }

  private static NodeProto ml(String type, String output, String... inputs) {
    return core(type, output, inputs).toBuilder().setDomain("ai.onnx.ml").build();
  }

  private static TensorProto integers(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }

    return tensor.build();
  }

  private static TensorProto floats(String name, float... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TreeProtos.FLOAT).addDims(values.length);
    for (float value : values) {
      tensor.addFloatData(value);
    }

    return tensor.build();
  }
}
