package org.millrace.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Task;

final class TestTaskLinks {
  private static final String GATE =
      "model: m\ndays: {from: 2013-02-01, to: 2013-02-28}\nranges:\n  %s: {max: 60}\n";
  private static final String SCORING = "model: m\npredictions: predictions.m\n%s";
  private static final String LABEL =
      """
      label: minutes
      description: How late it was
      reads: [raw.a]
      keys: [i]
      horizon-days: 2
      %s
      sql: SELECT i, minutes, known_at FROM a
      """;

  @TempDir Path home;
  private ConfDirectory conf;

  @BeforeEach
  void write() {
    conf = new ConfDirectory(home);
    conf.write(
        "spines/s.yaml",
        "spine: s\ndescription: S\nreads: [raw.a]\nsql: SELECT 1\nid: [i]\ncolumns: [k]\nday: d\n");
    conf.write("labels/minutes.yaml", LABEL.formatted("values: number"));
    conf.write("scoring/m.yaml", SCORING.formatted("bounds: {mean-tolerance: 30}\n"));
    conf.write("gate/m.yaml", GATE.formatted("rmse"));
    training("task: regression");
  }

  @Test
  void aRegressionHasNumbersForLabelsAndMetricsOfItsOwn() {
    Pipeline pipeline = Pipeline.of(conf.load(), "m");

    assertThat(pipeline.training().task()).isEqualTo(Task.REGRESSION);
    assertThat(pipeline.label().orElseThrow().values()).isEqualTo(LabelDefinition.Values.NUMBER);
    assertThat(pipeline.gate().ranges()).containsOnlyKeys("rmse");
  }

  @Test
  void theTaskIsAPartOfWhatAModelComesFromAndOfItsBaselineButNotOfTheTrainingSet() {
    TrainingDefinition regression = Definitions.named(conf.load().training(), "training", "m");
    conf.write("gate/m.yaml", GATE.formatted("log_loss"));
    conf.write("labels/minutes.yaml", LABEL.formatted(""));
    training("task: binary");
    TrainingDefinition binary = Definitions.named(conf.load().training(), "training", "m");
    training("");

    assertThat(binary.hash()).isNotEqualTo(regression.hash());
    assertThat(binary.baselineHash()).isNotEqualTo(regression.baselineHash());
    assertThat(binary.trainingSetHash()).isEqualTo(regression.trainingSetHash());
    assertThat(Definitions.named(conf.load().training(), "training", "m").hash())
        .isEqualTo(binary.hash());
  }

  @Test
  void ruleOfAnotherTaskIsRefused() {
    conf.write("gate/m.yaml", GATE.formatted("auc"));

    assertFails()
        .hasMessageContaining(
            "conf/gate/m.yaml:3: 'auc': no metric of the task regression, which has: rmse, mae, wape");

    conf.write(
        "gate/m.yaml", GATE.formatted("rmse") + "not-worse-than-champion:\n  brier: {by: 1}\n");
    assertFails().hasMessageContaining("conf/gate/m.yaml:5: 'brier': no metric of the task");
  }

  @Test
  void numbersAreNoLabelsOfAProbability() {
    conf.write("gate/m.yaml", GATE.formatted("log_loss"));
    training("task: binary");

    assertFails()
        .hasMessageContaining(
            "conf/training/m.yaml:4: 'label': the task binary needs labels of 0 and 1, and 'minutes' has 'values: number'");
  }

  @Test
  void aRegressionSaysHowFarTheMeanMayMove() {
    conf.write("scoring/m.yaml", SCORING.formatted(""));
    assertFails()
        .hasMessageContaining("'bounds': expected a 'mean-tolerance' in the unit of the label");

    conf.write("scoring/m.yaml", SCORING.formatted("bounds: {previous-days: 0}\n"));
    assertThat(Definitions.named(conf.load().scoring(), "scoring", "m").bounds().givenTolerance())
        .isEmpty();

    conf.write("scoring/m.yaml", SCORING.formatted("bounds: {previous-days: 0, min: 5, max: 5}\n"));
    assertFails().hasMessageContaining("'max': expected more than 'min'");
  }

  @Test
  void severalClassesHaveLabelsAndMetricsOfTheirOwn() {
    several("[early, on time, 3]");

    Pipeline pipeline = Pipeline.of(conf.load(), "m");

    assertThat(pipeline.training().task()).isEqualTo(Task.MULTICLASS);
    assertThat(pipeline.training().classes()).containsExactly("early", "on time", "3");
    assertThat(pipeline.label().orElseThrow().values()).isEqualTo(LabelDefinition.Values.CLASS);
    TrainingDefinition one = Definitions.named(conf.load().training(), "training", "m");
    training("task: multiclass\nclasses: [on time, early, 3]");
    TrainingDefinition other = Definitions.named(conf.load().training(), "training", "m");
    assertThat(other.hash()).as("their order is that of the model").isNotEqualTo(one.hash());
    assertThat(other.baselineHash()).isNotEqualTo(one.baselineHash());
    assertThat(other.trainingSetHash()).isEqualTo(one.trainingSetHash());
  }

  @Test
  void classesAreAtLeastThreeEachOnceAndOfThatTaskAlone() {
    for (String classes : List.of("[a, b]", "[a, b, a]", "[]")) {
      several(classes);
      assertFails()
          .hasMessageContaining(
              "'classes': expected at least 3 labels, each once, in the order of the model's probabilities, found [");
    }

    several("[a, b, c]");
    training("task: regression\nclasses: [a, b, c]");
    assertFails()
        .hasMessageContaining("'classes': they are those of 'task: multiclass'; leave them out");
  }

  @Test
  void classesAreNoNumbersAndNumbersNoClasses() {
    several("[a, b, c]");
    conf.write("labels/minutes.yaml", LABEL.formatted("values: number"));
    assertFails()
        .hasMessageContaining(
            "the task multiclass needs labels that are classes ('values: class'), and 'minutes' has 'values: number'; set 'task: regression'");

    conf.write("gate/m.yaml", GATE.formatted("rmse"));
    conf.write("labels/minutes.yaml", LABEL.formatted("values: class"));
    training("task: regression");
    assertFails()
        .hasMessageContaining(
            "the task regression needs labels that are numbers, and 'minutes' has 'values: class'; set 'task: multiclass'");

    conf.write("labels/minutes.yaml", LABEL.formatted("values: class\nabsent: 0"));
    assertFails().hasMessageContaining("'absent': it is 0 or 1, which 'values: class'");
  }

  @Test
  void rulesAndColumnsThatSeveralClassesDoNotHaveAreRefused() {
    several("[a, b, c]");
    conf.write("gate/m.yaml", GATE.formatted("top_3_accuracy"));
    assertFails()
        .hasMessageContaining(
            "'top_3_accuracy': no metric of the task multiclass, which has: macro_f1, accuracy, top_2_accuracy, log_loss");

    several("[a, b, c, d]");
    conf.write("gate/m.yaml", GATE.formatted("top_3_accuracy"));
    assertThat(Pipeline.of(conf.load(), "m").gate().ranges()).containsOnlyKeys("top_3_accuracy");

    conf.write(
        "gate/m.yaml",
        GATE.formatted("log_loss")
            + "not-worse-than-champion:\n  accuracy: {by: 0.1, confidence: 0.9}\n");
    assertFails().hasMessageContaining("'accuracy': no interval of it can be made");

    conf.write("gate/m.yaml", GATE.formatted("log_loss"));
    conf.write(
        "spines/s.yaml",
        "spine: s\ndescription: S\nreads: [raw.a]\nsql: SELECT 1\nid: [i]\ncolumns: [predicted]\nday: d\n");
    assertFails()
        .hasMessageContaining(
            "'spine': s has the column 'predicted', which the predictions of 'task: multiclass' have too");
  }

  private void several(String classes) {
    conf.write("gate/m.yaml", GATE.formatted("log_loss"));
    conf.write("labels/minutes.yaml", LABEL.formatted("values: class"));
    conf.write("scoring/m.yaml", SCORING.formatted(""));
    training("task: multiclass\nclasses: " + classes);
  }

  private void training(String task) {
    conf.write(
        "training/m.yaml",
        """
        model: m
        spine: s
        %s
        label: minutes
        views: [v]
        numeric: [v__x]
        days: {from: 2013-01-01, to: 2013-01-31}
        major-minor: "1.0"
        """
            .formatted(task));
  }

  private AbstractThrowableAssert<?, ?> assertFails() {
    return assertThatThrownBy(() -> conf.load());
  }
}
