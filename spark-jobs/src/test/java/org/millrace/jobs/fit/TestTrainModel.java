package org.millrace.jobs.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelPackage.Field;
import org.millrace.registry.onnx.OnnxInspector;
import org.millrace.registry.onnx.OnnxModelInfo;

@Tag("slow")
class TestTrainModel {
  private static final int ROWS = 3_000;

  @TempDir private static Path directory = Path.of("");

  @Test
  void exportsAModelThatScoresAsSparkDoes() {
    Dataset<Row> rows = SyntheticDelays.rows(ROWS);
    TrainedModel model =
        new TrainModel()
            .train(
                rows,
                SyntheticDelays.definition(15),
                "late",
                directory.resolve("scores"),
                Optional.of(new TableVersion("training.late", "/t", 3)));

    ExportedModel exported = model.exported();
    ExportCheck.Result result = ExportCheck.check(rows, exported);
    assertThat(result.rows()).isEqualTo(ROWS + ExportCheck.MAX_ROWS / 10);
    assertThat(result.maxDifference()).isBetween(0.0, ModelContract.tolerance(1));
    assertThat(exported.sha256()).isEqualTo(Digest.sha256(exported.onnx()));
    OnnxModelInfo info = OnnxInspector.inspect(exported.onnx());
    assertThat(info.inputFields())
        .isEqualTo(exported.inputs())
        .containsExactly(
            new Field("delay", "float", 1),
            new Field("seats", "float", 1),
            new Field("gust", "float", 1),
            new Field("carrier", "string", 1),
            new Field("origin", "string", 1));
    assertThat(info.outputFields())
        .isEqualTo(exported.outputs())
        .containsExactly(new Field("score", "float", 1));
    assertThat(info.properties())
        .containsEntry("name", "late")
        .containsEntry("definition", SyntheticDelays.definition(15).hash())
        .containsEntry("training_set", "training.late@v3");

    assertThat(model.rowsUsed()).isEqualTo(ROWS);
    assertThat(model.importances().keySet()).first().isEqualTo("delay");
    assertThat(model.importances().values().stream().mapToDouble(share -> share).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(model.metrics().get("train.auc")).isBetween(0.8, 0.95);
    assertThat(model.metrics().get("train.log_loss")).isBetween(0.2, 0.6);
    assertThat(model.params())
        .containsEntry("trees.count", "15")
        .containsEntry("rows.used", "3000");
    assertThat(model.seconds()).containsKeys("read", "encode", "trees", "evaluate");
  }

  @Test
  void exportsARegressionThatPredictsAsSparkDoes() {
    Dataset<Row> rows = SyntheticDelays.rows(ROWS);
    TrainedModel model =
        new TrainModel()
            .train(rows, SyntheticDelays.regression(15), "delay", directory.resolve("numbers"));

    ExportCheck.Result result = ExportCheck.check(rows, model.exported());
    double largest =
        result.golden().stream().mapToDouble(row -> Math.abs(row.score())).max().orElseThrow();
    assertThat(largest).isGreaterThan(10); // no sigmoid between
    assertThat(result.maxDifference()).isLessThan(ModelContract.tolerance(largest));
    assertThat(model.importances().keySet()).first().isEqualTo("late");
    // the delay has a standard deviation of 30, and late tells its sign in most rows
    assertThat(model.metrics()).containsOnlyKeys("train.rmse", "train.mae");
    assertThat(model.metrics().get("train.rmse")).isBetween(15.0, 26.0);
    assertThat(model.metrics().get("train.mae")).isBetween(10.0, 21.0);
  }

  @Test
  void aLinearRegressionIsExportedAsItIs() throws Exception {
    Dataset<Row> rows = SyntheticDelays.rows(ROWS);
    TrainingDefinition definition = SyntheticDelays.regression(1);
    try (TrainingRows training = TrainingRows.of(rows, definition, "delay")) {
      LinearBaseline baseline =
          LinearBaseline.fit(
              training.rows(),
              new FitEncoding(training.rows()).fit(definition.numeric(), definition.categorical()),
              definition.task(),
              definition.baseline());
      byte[] onnx = baseline.export(Map.of());
      ExportedModel exported =
          ExportedModel.written(
              directory.resolve("linear.onnx"), onnx, baseline.scorer(), Optional.empty());

      assertThat(ExportCheck.check(rows, exported).maxDifference()).isLessThan(1e-4);
      assertThat(ExportCheck.check(rows, exported).golden())
          .anyMatch(row -> Math.abs(row.score()) > 10);
    }
  }

  @Test
  void aMultinomialRegressionIsExportedAsItIs() throws Exception {
    Dataset<Row> rows = SyntheticDelays.rows(ROWS).withColumn("band", SyntheticDelays.band());
    TrainingDefinition definition = SyntheticDelays.bands();
    try (TrainingRows training = TrainingRows.of(rows, definition, "band")) {
      LinearBaseline baseline =
          LinearBaseline.fit(
              training.rows(),
              new FitEncoding(training.rows()).fit(definition.numeric(), definition.categorical()),
              definition.task(),
              definition.baseline());
      ExportedModel exported =
          ExportedModel.written(
              directory.resolve("classes.onnx"),
              baseline.export(Map.of()),
              baseline.scorer(),
              Optional.empty());

      ExportCheck.Result result = ExportCheck.check(rows, exported);
      assertThat(exported.outputs()).containsExactly(new Field("score", "float", 3));
      assertThat(OnnxInspector.inspect(exported.onnx()).outputFields())
          .isEqualTo(exported.outputs());
      assertThat(result.maxDifference()).isLessThan(1e-5);
      assertThat(result.golden())
          .allSatisfy(
              row ->
                  assertThat(row.probabilities().stream().mapToDouble(p -> p).sum())
                      .isCloseTo(1, within(1e-6)))
          .anyMatch(row -> row.score() > 0.9);
    }
  }

  @Test
  void treesOfSeveralClassesAreRefusedWithWhatToDo() {
    Dataset<Row> rows = SyntheticDelays.rows(100).withColumn("band", SyntheticDelays.band());

    assertThatThrownBy(
            () -> new TrainModel().train(rows, SyntheticDelays.bands(), "band", directory))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION)
        .hasMessageContaining("name a program in 'trainer:' of conf/training/");
  }

  @Test
  void labelsOutsideTheClassesAndClassesWithoutRowsAreCounted() {
    Dataset<Row> rows =
        SyntheticDelays.rows(100)
            .selectExpr("*", "IF(seats > 100, 'late', IF(seats > 75, 'diverted', null)) AS band");
    long other = rows.where("band = 'diverted'").count();
    long none = rows.where("band IS NULL").count();

    assertThatThrownBy(() -> SliceCounts.of(rows, SyntheticDelays.bands(), "band"))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining(
            "Cannot train on label 'band': %d rows have no label; %d rows have a label outside the classes, such as 'diverted'; no row has early, on time; the classes are early, on time, late"
                .formatted(none, other));
  }

  @Test
  void refusesNumbersThatAreNoneOrAllTheSame() {
    Dataset<Row> rows = SyntheticDelays.rows(100);

    assertThatThrownBy(
            () ->
                new TrainModel()
                    .train(
                        rows.selectExpr("*", "IF(seats > 100, NULL, 1D) AS y"),
                        SyntheticDelays.regression(1),
                        "y",
                        directory))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("have a finite number, and all of at least 1 must");
    assertThatThrownBy(
            () ->
                new TrainModel()
                    .train(
                        rows.selectExpr("*", "7 AS y"),
                        SyntheticDelays.regression(1),
                        "y",
                        directory))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("it is 7.0 in all of");
  }

  @Test
  void givesTheSameBytesHoweverTheRowsAreStored() throws Exception {
    Dataset<Row> rows = SyntheticDelays.rows(1_000);
    Dataset<Row> shuffled = rows.repartition(5).orderBy("gust", "delay");
    TrainedModel one =
        new TrainModel().train(rows, SyntheticDelays.definition(4), "late", directory.resolve("1"));
    TrainedModel other =
        new TrainModel()
            .train(shuffled, SyntheticDelays.definition(4), "late", directory.resolve("2"));
    assertThat(Files.readAllBytes(other.exported().onnx()))
        .isEqualTo(Files.readAllBytes(one.exported().onnx()));
    // sums over partitions are added in the order in which they arrive: the last bit may differ
    one.metrics()
        .forEach(
            (name, value) -> assertThat(other.metrics().get(name)).isCloseTo(value, within(1e-12)));
  }

  @Test
  void leavesOutWhatTheDefinitionExcludesAndFillsAColumnWithoutValues() {
    Dataset<Row> rows = SyntheticDelays.rows(1_000).selectExpr("*", "double(null) AS nothing");
    long diverted = rows.where("diverted").count();
    TrainedModel model =
        new TrainModel()
            .train(
                rows,
                SyntheticDelays.definition(
                    2, List.of("nothing"), List.of("carrier"), Optional.of("diverted")),
                "late",
                directory.resolve("excluded"));
    assertThat(diverted).isPositive();
    assertThat(model.rowsExcluded()).isEqualTo(diverted);
    assertThat(model.rowsUsed()).isEqualTo(1_000 - diverted);
    assertThat(ExportCheck.check(rows, model.exported()).maxDifference()).isLessThan(1e-5);
    assertThat(model.importances()).containsEntry("nothing", 0.0);
  }

  @Test
  void refusesColumnsThatAreMissingOrOfTheWrongType() {
    Dataset<Row> rows = SyntheticDelays.rows(10);
    refused(
        () -> train(rows, "late", List.of("delay", "absent", "carrier"), List.of("seats")),
        "Cannot train: column 'absent' must be a number, not there; column 'carrier' must be a"
            + " number, StringType; column 'seats' must be a string, IntegerType");
  }

  @Test
  void refusesALabelThatIsNotBothZeroAndOne() {
    refused(
        () ->
            train(SyntheticDelays.rows(100).where("late = 1"), "late", List.of("delay"), List.of()),
        "of 50 rows 50 have 1 and 0 have 0, and both must occur");
    refused(
        () -> train(SyntheticDelays.rows(100), "seats", List.of("delay"), List.of()),
        "Cannot train on label 'seats': of 100 rows 0 have 1 and 0 have 0");
  }

  @Test
  void refusesInfiniteValues() {
    Dataset<Row> rows =
        SyntheticDelays.rows(100).selectExpr("late", "IF(delay > 0, 1e300, delay) AS huge");
    refused(
        () -> train(rows, "late", List.of("huge"), List.of()),
        "Cannot train on column 'huge': it has infinite values, or ones beyond float32");
  }

  private static void train(
      Dataset<Row> rows, String label, List<String> numeric, List<String> categorical) {
    new TrainModel()
        .train(
            rows,
            SyntheticDelays.definition(2, numeric, categorical, Optional.empty()),
            label,
            directory.resolve("refused"));
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining(message);
  }
}
