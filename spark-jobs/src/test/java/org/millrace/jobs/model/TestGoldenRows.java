package org.millrace.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.GoldenRow;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.FeatureEncoding.Categorical;
import org.millrace.registry.onnx.FeatureEncoding.Numeric;
import org.millrace.registry.onnx.LinearModel;
import org.millrace.registry.onnx.OnnxExport;

/** A model scores its golden rows as it did, or is not used. */
class TestGoldenRows {
  private static final OnnxModel MODEL =
      OnnxModel.of(
          "late_flight",
          "3",
          OnnxExport.linear(
              new LinearModel(
                  new FeatureEncoding(
                      List.of(new Numeric("x", 0.5f)),
                      List.of(new Categorical("carrier", new TreeMap<>(Map.of("AA", 0.25f)), -1f))),
                  List.of(2.0),
                  0),
              OnnxExport.Link.LOGIT,
              Map.of()));

  private final ScoringDefinition rejecting =
      new ScoringDefinition(
          "late_flight",
          "champion",
          "predictions.late_flight",
          4096,
          ScoringDefinition.Nulls.REJECT,
          ScoringDefinition.Engine.AUTO,
          ScoringDefinition.Device.CPU,
          false,
          new ScoringDefinition.Bounds(0.25, 7));

  private static GoldenRow row(@Nullable Double x, @Nullable String carrier, double margin) {
    return new GoldenRow(Arrays.asList(x, carrier), 1 / (1 + Math.exp(-margin)));
  }

  private static ModelContract contract(GoldenRow... golden) {
    return new ModelContract(
        ModelContract.SCHEMA,
        Task.BINARY,
        new ModelContract.Spine("s", ""),
        List.of(),
        List.of(
            input("x", "float", ModelContract.Kind.NUMERIC),
            input("carrier", "string", ModelContract.Kind.CATEGORICAL)),
        List.of(new ModelContract.Output("score", "float")),
        new ModelContract.Score("score", Optional.empty()),
        new ModelContract.Label("y", "t"),
        Optional.empty(),
        Optional.empty(),
        List.of(golden));
  }

  private static final OnnxModel THREE =
      OnnxModel.of(
          "late_flight",
          "4",
          OnnxExport.softmax(
              Stream.of(1.0, 0.0, -1.0)
                  .map(
                      weight ->
                          new LinearModel(
                              new FeatureEncoding(List.of(new Numeric("x", 0f)), List.of()),
                              List.of(weight),
                              0))
                  .toList(),
              Map.of()));

  private static ModelContract ofClasses(GoldenRow... golden) {
    return new ModelContract(
        ModelContract.SCHEMA,
        Task.MULTICLASS,
        List.of("a", "b", "c"),
        new ModelContract.Spine("s", ""),
        List.of(),
        List.of(input("x", "float", ModelContract.Kind.NUMERIC)),
        List.of(new ModelContract.Output("score", "float")),
        new ModelContract.Score("score", Optional.empty()),
        new ModelContract.Label("y", "t"),
        Optional.empty(),
        Optional.empty(),
        List.of(golden));
  }

  @Test
  void eachOfSeveralClassesIsCompared() {
    double e = Math.E;
    double sum = e + 1 + 1 / e;
    GoldenRow right = GoldenRow.ofClasses(List.of(1.0), List.of(e / sum, 1 / sum, 1 / e / sum));
    GoldenRow swapped = GoldenRow.ofClasses(List.of(1.0), List.of(e / sum, 1 / e / sum, 1 / sum));
    GoldenRow two = GoldenRow.ofClasses(List.of(1.0), List.of(e / sum, 1 / sum));
    GoldenRows rows = new GoldenRows(TestSpark.session(), rejecting);

    assertThat(rows.compare(THREE, ofClasses(right)))
        .satisfies(found -> assertThat(found.different()).isZero())
        .satisfies(found -> assertThat(found.maxDifference()).isLessThan(1e-6));
    GoldenRows.Comparison found = rows.compare(THREE, ofClasses(right, swapped));
    assertThat(found.different()).isEqualTo(1);
    assertThat(found.worst()).isEqualTo(1);
    assertThat(found.maxDifference()).isCloseTo((1 - 1 / e) / sum, within(1e-6));
    assertThat(rows.compare(THREE, ofClasses(two)).maxDifference())
        .as("one has a class more")
        .isInfinite();
  }

  private static ModelContract.Input input(String name, String type, ModelContract.Kind kind) {
    return new ModelContract.Input(name, "v__" + name, type, kind, ModelContract.Nulls.IMPUTE);
  }

  @Test
  void equalScoresAreAcceptedWhateverNightsDoWithMissingValues() {
    ModelContract contract =
        contract(
            row(1.0, "AA", 2 * 0.5 + 0.25),
            row(null, "AA", 0.25),
            row(Double.NaN, "ZZ", -1),
            row(-1.0, null, 2 * -1.5 - 1));

    assertThatCode(() -> new GoldenRows(TestSpark.session(), rejecting).require(MODEL, contract))
        .doesNotThrowAnyException();
  }

  @Test
  void anotherScoreIsRefusedWithTheWorstRow() {
    ModelContract contract =
        contract(row(1.0, "AA", 1.25), row(1.0, "ZZ", 1.25), row(0.5, "AA", 0.3));

    assertThatThrownBy(
            () -> new GoldenRows(TestSpark.session(), rejecting).require(MODEL, contract))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining(
            "Cannot use model late_flight version 3: it scores 2 of its 3 golden rows differently,"
                + " row 1 0.5 vs 0.777");
  }
}
