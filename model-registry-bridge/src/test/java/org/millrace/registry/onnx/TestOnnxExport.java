package org.millrace.registry.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.registry.onnx.TreeEnsemble.Leaf;
import org.millrace.registry.onnx.TreeEnsemble.Split;
import org.millrace.registry.onnx.TreeEnsemble.Tree;

class TestOnnxExport {
  private static final FeatureEncoding ONE_NUMBER =
      new FeatureEncoding(List.of(new FeatureEncoding.Numeric("x", 7f)), List.of());
  private static final FeatureEncoding MIXED =
      new FeatureEncoding(
          List.of(new FeatureEncoding.Numeric("delay", 5f), new FeatureEncoding.Numeric("age", 1f)),
          List.of(
              new FeatureEncoding.Categorical(
                  "carrier", new TreeMap<>(Map.of("AA", 0f, "UA", 2f)), 1f)));

  @Test
  void takesTheSameBranchAsADoubleThresholdForEveryFloatAroundIt() throws Exception {
    for (double threshold :
        new double[] {0.1, 0.3, -0.7, 1.5, 1e-9, 16777217.0, 123456.789, 1e39, -1e39, 0.0}) {
      TreeEnsemble stump =
          new TreeEnsemble(
              List.of(new Tree(1, new Split(0, threshold, new Leaf(-1), new Leaf(1)))));
      float nearest = (float) threshold;
      float[] around = {
        Math.nextDown(nearest), nearest, Math.nextUp(nearest), 0f, -0f, 1.5f, 2f, -3f
      };
      float[] scores =
          Runs.score(
              OnnxExport.trees(ONE_NUMBER, stump, OnnxExport.Link.LOGIT, 2, Map.of()),
              Map.of("x", around));
      for (int row = 0; row < around.length; row++) {
        assertThat(scores[row] < 0.5)
            .as("%s <= %s", around[row], threshold)
            .isEqualTo(around[row] <= threshold);
      }
    }
  }

  @Test
  void sumsWeightedLeavesAndAppliesTheLink() throws Exception {
    TreeEnsemble trees =
        new TreeEnsemble(
            List.of(
                new Tree(1, new Split(0, 3.5, new Leaf(0.2), new Leaf(-0.4))),
                new Tree(
                    0.5,
                    new Split(
                        2,
                        0.5,
                        new Leaf(1),
                        new Split(
                            1, 10, new Leaf(0.3), new Split(2, 1.5, new Leaf(2), new Leaf(3))))),
                new Tree(0.1, new Leaf(0.7))));
    float[] scores =
        Runs.score(
            OnnxExport.trees(MIXED, trees, OnnxExport.Link.LOGIT, 2, Map.of()),
            Map.of(
                "delay", new float[] {3f, Float.NaN, 4f, 3f},
                "age", new float[] {0f, Float.NaN, 11f, 11f},
                "carrier", new String[] {"AA", "UA", "never seen", ""}));
    assertThat(scores)
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(
            sigmoid(2 * (0.2 + 0.5 + 0.07)),
            sigmoid(2 * (-0.4 + 0.15 + 0.07)),
            sigmoid(2 * (-0.4 + 1.0 + 0.07)),
            sigmoid(2 * (0.2 + 1.0 + 0.07)));
  }

  @Test
  void runsALinearModelWithMissingNumbersAndUnknownTexts() throws Exception {
    LinearModel model = new LinearModel(MIXED, List.of(0.5, -2.0), 0.25);
    float[] scores =
        Runs.score(
            OnnxExport.linear(model, OnnxExport.Link.LOGIT, Map.of()),
            Map.of(
                "delay", new float[] {6f, Float.NaN},
                "age", new float[] {2f, Float.NaN},
                "carrier", new String[] {"UA", "?"}));
    assertThat(scores)
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(sigmoid(0.25 + 0.5 - 2 + 2), sigmoid(0.25 + 1));
  }

  @Test
  void runsWithTextsAloneAndWithoutAnyKnownText() throws Exception {
    FeatureEncoding texts =
        new FeatureEncoding(
            List.of(), List.of(new FeatureEncoding.Categorical("tail", new TreeMap<>(), 3f)));
    TreeEnsemble stump =
        new TreeEnsemble(List.of(new Tree(1, new Split(0, 2.5, new Leaf(-1), new Leaf(1)))));
    Map<String, Object> rows = Map.of("tail", new String[] {"", "N1"});
    assertThat(Runs.score(OnnxExport.trees(texts, stump, OnnxExport.Link.LOGIT, 1, Map.of()), rows))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(sigmoid(1), sigmoid(1));
    assertThat(
            Runs.score(
                OnnxExport.linear(
                    new LinearModel(texts, List.of(), 1), OnnxExport.Link.LOGIT, Map.of()),
                rows))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(sigmoid(4), sigmoid(4));
  }

  @Test
  void givesTheSameBytesForTheSameModel() {
    TreeEnsemble stump = new TreeEnsemble(List.of(new Tree(1, new Leaf(0.5))));
    Map<String, String> one = new TreeMap<>(Map.of("name", "late", "definition", "abc"));
    assertThat(OnnxExport.trees(MIXED, stump, OnnxExport.Link.LOGIT, 2, one))
        .isEqualTo(
            OnnxExport.trees(
                MIXED,
                stump,
                OnnxExport.Link.LOGIT,
                2,
                Map.of("definition", "abc", "name", "late")));
  }

  @Test
  void refusesInputsThatCannotBeTensorNames() {
    for (String name : List.of("score", "a/b", "")) {
      assertThatThrownBy(
              () ->
                  new FeatureEncoding(
                      List.of(new FeatureEncoding.Numeric(name, 0f)), new ArrayList<>()))
          .isInstanceOfSatisfying(
              MillraceException.class,
              e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
          .hasMessageContaining("Cannot make a model of the inputs [" + name + "]");
    }

    assertThatThrownBy(() -> new FeatureEncoding(List.of(), List.of()))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("change 'numeric' or 'categorical'");
  }

  private static float sigmoid(double margin) {
    return (float) (1 / (1 + Math.exp(-margin)));
  }
}
