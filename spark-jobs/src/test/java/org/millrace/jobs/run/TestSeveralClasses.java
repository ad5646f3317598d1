package org.millrace.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.millrace.jobs.testing.ClassesHouse.CLASSES;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.jobs.explain.ExplainDays;
import org.millrace.jobs.explain.ExplainPrediction;
import org.millrace.jobs.gate.GateCandidate;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.model.RegistrationRequest;
import org.millrace.jobs.monitor.MonitorPredictions;
import org.millrace.jobs.prediction.LookBack;
import org.millrace.jobs.register.RegisterModel;
import org.millrace.jobs.replay.ReplayPredictions;
import org.millrace.jobs.report.WriteReport;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ClassesHouse;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.jobs.train.TrainCandidate;
import org.millrace.jobs.trainingset.BuildTrainingSet;

/** A model of three classes, from its training to the replay of what it predicted. */
@Tag("slow")
class TestSeveralClasses {
  private static final String FIRST = "2013-01-17";
  private static final String LAST = "2013-01-20";
  private static final String INPUTS = "X: [f0, f1, f2, f3, f4, f5, f6, f7]\n";

  @TempDir Path home;

  private ClassesHouse house;

  @BeforeEach
  void build() {
    house = new ClassesHouse(home);
    house.run("ingest", "2013-01-01", "2013-01-21", IngestSources::new);
    house.run("training-set", "2013-01-01", "2013-01-21", BuildTrainingSet::new);
  }

  @Test
  void aModelOfScikitLearnGoesThroughAllRooms() throws IOException {
    assertThat(train().message()).isEqualTo("Registered candidate late_flight/1");
    gatesAsScikitLearn(gate(Optional.empty()), "BOOTSTRAP");
    publish();
    publishedAsTheClassesSay();
    monitorsAsTheDefinitionsOfTheMetrics();
    replays();
    explains();
    anotherVersionIsComparedWithIt();
  }

  private JobResult train() {
    return house.run("train", "2013-01-01", "2013-01-21", TrainCandidate::new);
  }

  private JobResult gate(Optional<String> version) {
    return house.run(
        "gate",
        "2013-01-01",
        "2013-01-21",
        (context, key) -> new GateCandidate(context, key, version, false));
  }

  private void publish() {
    house.run("score", FIRST, LAST, TestRooms::score);
    house.run("publish", FIRST, LAST, TestRooms::publish);
  }

  /** Numbers of scikit-learn 1.9.1 on its own probabilities of these rows. */
  private static void gatesAsScikitLearn(JobResult gate, String verdict) {
    assertThat(gate.values())
        .containsEntry("verdict", verdict)
        .containsEntry("macro_f1", "0.7509")
        .containsEntry("accuracy", "0.7500")
        .containsEntry("top_2_accuracy", "0.8500")
        .containsEntry("log_loss", "0.9356")
        .containsEntry("rows", "60")
        .containsKeys("baseline_macro_f1", "macro_f1_over_baseline")
        .doesNotContainKey("top_3_accuracy");
    assertThat(number(gate, "baseline_macro_f1"))
        .as("a multinomial regression of 150 rows")
        .isBetween(0.5, 0.9);
  }

  private void publishedAsTheClassesSay() {
    List<Row> rows = published();
    assertThat(rows).hasSize(60);
    for (Row row : rows) {
      List<Double> probabilities = row.getList(row.fieldIndex("probabilities"));
      String predicted = row.getAs("predicted");
      assertThat(probabilities).hasSize(3);
      assertThat(probabilities.stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-6));
      assertThat(row.<Double>getAs("score"))
          .isEqualTo(probabilities.get(CLASSES.indexOf(predicted)))
          .isEqualTo(probabilities.stream().mapToDouble(p -> p).max().orElseThrow());
    }
  }

  private List<Row> published() {
    return house.predictions().where("superseded_at IS NULL").orderBy("id").collectAsList();
  }

  private void monitorsAsTheDefinitionsOfTheMetrics() throws IOException {
    JobResult monitor = house.run("monitor", "2013-01-18", "2013-01-21", MonitorPredictions::new);
    JobContext context = house.context();
    Map<Long, String> labels = new HashMap<>();
    context
        .spark()
        .read()
        .parquet(home.resolve("outcomes").toString())
        .collectAsList()
        .forEach(row -> labels.put(row.getLong(0), row.getString(1)));
    double logLoss = 0;
    long[][] confusion = new long[3][3];
    List<Row> rows = published();
    for (Row row : rows) {
      int label = CLASSES.indexOf(labels.get(row.<Long>getAs("id")));
      List<Double> probabilities = row.getList(row.fieldIndex("probabilities"));
      logLoss -= Math.log(probabilities.get(label)) / rows.size();
      confusion[label][CLASSES.indexOf(row.<String>getAs("predicted"))]++;
    }

    double f1 = 0;
    for (int k = 0; k < 3; k++) {
      long all = 0;
      for (int other = 0; other < 3; other++) {
        all += confusion[k][other] + confusion[other][k];
      }

      f1 += 2.0 * confusion[k][k] / all / 3;
    }

    assertThat(monitor.values())
        .containsEntry("realised_macro_f1", "0.7463")
        .containsEntry("realised_log_loss", "0.9915")
        .containsEntry("realised_rows", "60");
    assertThat(f1).as("scikit-learn's f1_score").isCloseTo(0.7463097877732023, within(1e-9));
    assertThat(logLoss).as("scikit-learn's log_loss").isCloseTo(0.9914890746770026, within(1e-6));
    Row days =
        context
            .lake()
            .read(context.lake().current(LedgerObjects.quality("late_flight")).orElseThrow())
            .selectExpr(
                "sum(rows)",
                "sum(rows * log_loss) / sum(rows)",
                "sum(rows * accuracy) / sum(rows)",
                "count_if(isnan(top_3_accuracy))",
                "count(*)")
            .first();
    assertThat(days.getLong(0)).isEqualTo(60);
    assertThat(days.getDouble(1)).isCloseTo(logLoss, within(1e-9));
    assertThat(days.getDouble(2)).isCloseTo(0.75, within(1e-9));
    assertThat(days.getLong(3)).isEqualTo(days.getLong(4)).isEqualTo(4);
    JobResult report = house.run("report", FIRST, LAST, WriteReport::new);
    assertThat(Files.readString(Path.of(report.values().getOrDefault("report", ""))))
        .contains("Macro F1", "0.751", "id=\"days\"")
        .doesNotContain("AUC", "id=\"scores\"");
  }

  private void replays() {
    assertThat(replay().message())
        .isEqualTo("60 predictions of 4 days are bit for bit what late_flight/1 gives today");
    JobContext context = house.context();
    DeltaTable table =
        DeltaTable.forPath(context.spark(), context.lake().path("predictions.late_flight"));
    table.updateExpr("id = 250", Map.of("predicted", "concat(predicted, ' or so')"));
    assertThatThrownBy(this::replay)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("1 of 15 rows are not what late_flight/1 gives")
        .hasMessageContaining(" or so of [0.");
    table.updateExpr("id = 250", Map.of("predicted", "replace(predicted, ' or so')"));
    assertThat(replay().counts()).containsEntry("rows_in", 60L);
  }

  private JobResult replay() {
    return house.run(
        "replay", FIRST, LAST, (context, key) -> new ReplayPredictions(context, key, LookBack.ALL));
  }

  private void explains() throws IOException {
    LookBack row = new LookBack(Map.of("id", "240"), OptionalInt.empty(), OptionalInt.empty());
    JobResult explained =
        house.run(
            "explain", FIRST, FIRST, (context, key) -> new ExplainPrediction(context, key, row));
    assertThat(Files.readString(Path.of(explained.values().getOrDefault("explanation", ""))))
        .contains("a model of several classes has one for each class")
        .doesNotContain("the version gives");
    assertThatThrownBy(
            () ->
                house.run(
                    "explain", FIRST, LAST, (context, key) -> new ExplainDays(context, key, 3)))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("contributions are parts of one raw score");
  }

  private void anotherVersionIsComparedWithIt() throws IOException {
    Path onnx = ClassesHouse.corpus("skl-forest-plain", home.resolve("forest.onnx"));

    Path golden = home.resolve("golden");
    ClassesHouse.golden("skl-forest-plain", "probabilities", golden);
    JobResult registered = register(onnx, Optional.empty(), Optional.of(golden));

    assertThat(registered.values()).containsEntry("score", "probabilities");
    assertThat(registered.counts())
        .as("as scikit-learn scores them")
        .containsEntry("rows_in", 200L);
    ClassesHouse.golden("skl-forest-plain", "slice(probabilities, 1, 2)", golden);
    assertThatThrownBy(() -> register(onnx, Optional.empty(), Optional.of(golden)))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("one has 2 probabilities vs the 3 classes [early, late, on time]");
    ClassesHouse.golden("skl-forest-plain", "reverse(probabilities)", golden);
    assertThatThrownBy(() -> register(onnx, Optional.empty(), Optional.of(golden)))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("it scores 200 of 200 golden rows differently");
    house.gate(
        """
        ranges:
          macro_f1: {min: 0.5}
          batch_shape_difference: {max: 0.00001}
          engine_difference: {max: 0.00001}
        not-worse-than-champion:
          log_loss: {better: lower, by: 0.5, confidence: 0.95}
          accuracy: {by: 0.3}
        slices:
          columns: [city]
          least-rows: 10
          not-worse-than-champion:
            log_loss: {better: lower, by: 1}
        """);
    JobResult gate = gate(Optional.of("2"));
    assertThat(gate.values())
        .containsEntry("verdict", "PASS")
        .hasEntrySatisfying(
            "reasons", reasons -> assertThat(reasons).contains("in none of 3 slices of city"))
        .containsEntry("champion_macro_f1", "0.7509")
        .containsEntry("champion_log_loss", "0.9356")
        .containsKeys("log_loss_difference_low", "log_loss_difference_high");
    assertThat(number(gate, "log_loss") - number(gate, "champion_log_loss"))
        .isBetween(
            number(gate, "log_loss_difference_low"), number(gate, "log_loss_difference_high"));
    assertThatThrownBy(() -> register(onnx, Optional.of("probabilities[1]")))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("the task multiclass takes the probabilities of all classes");
  }

  private static double number(JobResult result, String value) {
    return Double.parseDouble(result.values().getOrDefault(value, "NaN"));
  }

  private JobResult register(Path onnx, Optional<String> output) throws IOException {
    return register(onnx, output, Optional.empty());
  }

  private JobResult register(Path onnx, Optional<String> output, Optional<Path> golden)
      throws IOException {
    Path inputs = Files.writeString(home.resolve("inputs.yaml"), INPUTS);
    RegistrationRequest request =
        new RegistrationRequest(onnx, Optional.of(inputs), output, golden, "ada");
    return house.run(
        "register",
        "2013-01-01",
        "2013-01-21",
        (context, key) -> new RegisterModel(context, key, request));
  }

  @Test
  void otherClassesThanThoseOfTheModelAreRefused() throws IOException {
    house.training("[early, late, on time, never]");
    assertThatThrownBy(this::train)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("no row has never");
    Path onnx = ClassesHouse.corpus("skl-forest-plain", home.resolve("forest.onnx"));
    assertThatThrownBy(() -> register(onnx, Optional.empty()))
        .hasMessageContaining("has a probability for each of 4 classes");

    house.training("[early, late, on time]");
    register(onnx, Optional.empty());
    house.training("[late, early, on time]");
    assertThatThrownBy(() -> gate(Optional.of("1")))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining(
            "its classes are [early, late, on time], those of the definitions are");
  }

  @Test
  void labelsOutsideTheClassesAreCounted() {
    house.training("[early, late, punctual]");

    assertThatThrownBy(this::train)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining(
            "50 rows have a label outside the classes, such as 'on time'; no row has punctual");
  }
}
