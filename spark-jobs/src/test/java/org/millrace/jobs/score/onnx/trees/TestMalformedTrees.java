package org.millrace.jobs.score.onnx.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Files that are whole but hold no trees, and models that are not for us. */
final class TestMalformedTrees {
  /** One tree: a root with a leaf on the left, and a branch with two leaves on the right. */
  private static final List<AttributeProto> WHOLE =
      List.of(
          TreeProtos.integers("nodes_treeids", List.of(0L, 0L, 0L, 0L, 0L)),
          TreeProtos.integers("nodes_nodeids", List.of(0L, 1L, 2L, 3L, 4L)),
          TreeProtos.integers("nodes_featureids", List.of(0L, 0L, 1L, 0L, 0L)),
          TreeProtos.floats("nodes_values", List.of(0.5, 0.0, 1.5, 0.0, 0.0)),
          TreeProtos.texts(
              "nodes_modes", List.of("BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF")),
          TreeProtos.integers("nodes_truenodeids", List.of(1L, 0L, 3L, 0L, 0L)),
          TreeProtos.integers("nodes_falsenodeids", List.of(2L, 0L, 4L, 0L, 0L)),
          TreeProtos.integers("target_treeids", List.of(0L, 0L, 0L)),
          TreeProtos.integers("target_nodeids", List.of(1L, 3L, 4L)),
          TreeProtos.integers("target_ids", List.of(0L, 0L, 0L)),
          TreeProtos.floats("target_weights", List.of(1.0, 2.0, 3.0)),
          TreeProtos.integer("n_targets", 1));

  static List<Arguments> malformed() {
    return List.of(
        Arguments.of(
            TreeProtos.integers("nodes_truenodeids", List.of(1L, 0L, 9L, 0L, 0L)),
            "node 2 of tree 0 leads to 9, which is not in that tree"),
        Arguments.of(
            TreeProtos.integers("nodes_truenodeids", List.of(1L, 0L, -1L, 0L, 0L)),
            "node 2 of tree 0 leads to -1, which is not in that tree"),
        Arguments.of(
            TreeProtos.integers("nodes_truenodeids", List.of(1L, 0L, 2L, 0L, 0L)),
            "node 2 of tree 0 leads to 2, itself"),
        Arguments.of(
            TreeProtos.integers("nodes_truenodeids", List.of(1L, 0L, 0L, 0L, 0L)),
            "its nodes lead in a loop"),
        Arguments.of(
            TreeProtos.integers("nodes_falsenodeids", List.of(1L, 0L, 4L, 0L, 0L)),
            "tree 0 has 2 branches and its root leads to 1"),
        Arguments.of(
            TreeProtos.integers("nodes_nodeids", List.of(0L, 1L, 2L, 3L, 3L)),
            "node 3 of tree 0 is there twice"),
        Arguments.of(
            TreeProtos.integers("nodes_featureids", List.of(0L, 0L, 2L, 0L, 0L)),
            "a branch asks for column 2 vs 0 to 1"),
        Arguments.of(
            TreeProtos.integers("nodes_featureids", List.of(0L, 0L, -2L, 0L, 0L)),
            "tree 0 asks for column -2 vs 0 and more"),
        Arguments.of(
            TreeProtos.integers("nodes_featureids", List.of(0L, 0L, 1L, 0L)),
            "its nodes_featureids has 4 values vs 5"),
        Arguments.of(
            TreeProtos.floats("nodes_values", List.of(0.5, 0.0)),
            "its nodes_values has 2 values vs 5"),
        Arguments.of(
            TreeProtos.texts("nodes_modes", List.of("BRANCH", "LEAF", "LEAF", "LEAF", "LEAF")),
            "it has a node of mode 'BRANCH'"),
        Arguments.of(
            TreeProtos.integers("target_nodeids", List.of(1L, 3L, 0L)),
            "leaf 4 of tree 0 has no weight"),
        Arguments.of(
            TreeProtos.integers("target_nodeids", List.of(1L, 3L, 7L)),
            "it has a weight for node 7 of tree 0, which is not there"),
        Arguments.of(
            TreeProtos.integers("target_ids", List.of(0L, 0L, 1L)),
            "a leaf is for target or class 1 vs 0 to 0"),
        Arguments.of(
            TreeProtos.integer("n_targets", 1L << 40),
            "it has 1099511627776 targets or classes vs 1 to 10000"),
        Arguments.of(
            TreeProtos.integer("n_targets", -1), "it has -1 targets or classes vs 1 to 10000"),
        Arguments.of(
            TreeProtos.floats("base_values", List.of(1.0, 2.0)), "its base_values has 2 values vs"),
        Arguments.of(TreeProtos.text("post_transform", "HALF"), "its post_transform is 'HALF'"),
        Arguments.of(
            TreeProtos.text("nodes_modes", "LEAF"), "its nodes_modes is of STRING vs STRINGS"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedTreeIsRefusedWithItsReason(AttributeProto wrong, String reason) {
    byte[] model = model(wrong);

    assertThatThrownBy(() -> TreeModel.read(model, PlainSessions.INSTANCE))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageStartingWith("Cannot use the trees of TreeEnsembleRegressor: ")
        .hasMessageContaining(reason)
        .hasMessageEndingWith("; the file is damaged, fetch or export it again");
  }

  static List<Arguments> dangerous() {
    return List.of(
        Arguments.of(
            TreeProtos.integers("nodes_truenodeids", List.of(1L, 0L, 2L, 0L, 0L)),
            "its nodes lead in a loop"),
        Arguments.of(
            TreeProtos.integers("nodes_truenodeids", List.of(1L, 0L, 0L, 0L, 0L)),
            "its nodes lead in a loop"),
        Arguments.of(
            TreeProtos.integers("nodes_truenodeids", List.of(1L, 0L, 9L, 0L, 0L)),
            "node 2 of tree 0 leads to 9, which is not in that tree"),
        Arguments.of(
            TreeProtos.integers("nodes_featureids", List.of(0L, 0L, 2L, 0L, 0L)),
            "a branch asks for column 2 vs 0 to 1"),
        Arguments.of(
            TreeProtos.integers("nodes_featureids", List.of(0L, 0L, -2L, 0L, 0L)),
            "a branch asks for column -2 vs 0 to 1"),
        Arguments.of(
            TreeProtos.floats("target_weights", List.of()), "its target_weights has 0 values vs 3"),
        Arguments.of(
            TreeProtos.integers("target_ids", List.of(0L, 0L, 1L)),
            "a leaf is for target or class 1 vs 0 to 0"),
        Arguments.of(
            TreeProtos.floats("nodes_values", List.of(0.5, 0.0)),
            "its nodes_values has 2 values vs 5"));
  }

  @ParameterizedTest
  @MethodSource("dangerous")
  void whatWouldHangOrCrashOnnxRuntimeIsRefusedWithoutIt(AttributeProto wrong, String reason) {
    assertThatThrownBy(() -> TreeChecks.check(model(wrong)))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessage(
            "Cannot use the trees of TreeEnsembleRegressor: "
                + reason
                + "; the file is damaged, fetch or export it again");
  }

  @Test
  void theWholeTreeIsRead() {
    assertThat(TreeModel.read(model(TreeProtos.integer("n_targets", 1)), PlainSessions.INSTANCE))
        .isInstanceOf(TreeReading.Trees.class);
  }

  @Test
  void bytesThatAreNoModelAreRefused() {
    assertThatThrownBy(() -> TreeModel.read(new byte[] {1, 2, 3}, PlainSessions.INSTANCE))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot look for trees in a model: it is no whole ONNX file (3 bytes); fetch or export"
                + " it again");
  }

  @Test
  void whatIsNotForUsIsLeftToOnnxRuntime() {
    assertNotTrees(
        TreeProtos.model(3, TreeProtos.FLOAT, 2, List.of("Y"), plain("Sigmoid", "X", "Y")),
        "it has 0 tree ensembles");
    assertNotTrees(
        TreeProtos.model(
            3, TreeProtos.FLOAT, 2, List.of("Y"), tree(), plain("Tanh", "scores", "Y")),
        "after its trees comes Tanh");
    assertNotTrees(
        TreeProtos.model(
            3, TreeProtos.FLOAT, 2, List.of("scores", "Y"), tree(), plain("Neg", "X", "Y")),
        "its output Y does not come from its trees");
    assertNotTrees(
        model(TreeProtos.text("post_transform", "PROBIT")), "its post-transform is PROBIT");
    assertNotTrees(
        model(TreeProtos.integers("nodes_truenodeids", List.of(2L, 0L, 3L, 0L, 0L))),
        "tree 0 has a node with two parents");
  }

  private static void assertNotTrees(byte[] model, String reason) {
    assertThat(TreeModel.read(model, PlainSessions.INSTANCE))
        .isEqualTo(new TreeReading.NotTrees(reason));
  }

  private static NodeProto plain(String type, String input, String output) {
    return TreeProtos.node("", type, input, List.of(output));
  }

  private static NodeProto tree() {
    return TreeProtos.node(
        "ai.onnx.ml",
        EnsembleReader.REGRESSOR,
        "X",
        List.of("scores"),
        WHOLE.toArray(AttributeProto[]::new));
  }

  /** The whole tree with one attribute put in another's place. */
  private static byte[] model(AttributeProto other) {
    List<AttributeProto> attributes = new ArrayList<>(WHOLE);
    attributes.removeIf(one -> one.getName().equals(other.getName()));
    attributes.add(other);
    return TreeProtos.model(
        3,
        TreeProtos.FLOAT,
        2,
        List.of("scores"),
        TreeProtos.node(
            "ai.onnx.ml",
            EnsembleReader.REGRESSOR,
            "X",
            List.of("scores"),
            attributes.toArray(AttributeProto[]::new)));
  }
}
