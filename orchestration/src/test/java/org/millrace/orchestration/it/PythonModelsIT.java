package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.registry.testing.PythonEnv;

/**
 * Models of people's own, in three ways: the pipeline runs their program, they log a model with
 * MLflow's Python, they register a file. A pipeline of another name on a copy of the lake, so that
 * the shared champion stays as it is.
 */
class PythonModelsIT {
  private static final String PIPELINE = "python_flight";

  /** Loads the first version as Python users do, and logs the same model as their own. */
  private static final String SCRIPT =
      """
      import json, sys
      import mlflow, onnx, pandas

      folder = mlflow.artifacts.download_artifacts("models:/python_flight/1", dst_path=sys.argv[1])
      contract = json.load(open(folder + "/contract.json"))
      model = mlflow.pyfunc.load_model("models:/python_flight/1")
      frame = {}
      for place, column in enumerate(contract["inputs"]):
          values = [row["inputs"][place] for row in contract["golden"]]
          frame[column["name"]] = values if column["type"] == "string" else [
              float("nan") if value in (None, "NaN") else float(value) for value in values]
      scores = model.predict(pandas.DataFrame(frame))["score"].ravel()
      mlflow.set_experiment("by_hand")
      with mlflow.start_run():
          logged = mlflow.onnx.log_model(
              onnx.load(folder + "/model.onnx"), name="model", registered_model_name="python_flight")
      print(json.dumps({
          "scores": [float(score) for score in scores],
          "golden": [row["score"] for row in contract["golden"]],
          "version": str(logged.registered_model_version)}))
      """;

  private final SharedLake lake = SharedLake.get();

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  void aModelFromPythonIsTrainedLoggedOrRegisteredAndJudged(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path copy = lake.copy();
    ConfCopy conf = ownPipeline();

    FinishedCommand run = millrace(copy, conf, "run", "--from", "2013-01-01", "--to", "2013-01-31");
    assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
    assertThat(step(run, "train").message()).isEqualTo("Registered candidate python_flight/1");
    assertThat(step(run, "gate").values()).containsEntry("verdict", "BOOTSTRAP");
    assertThat(run.err()).contains("fitted ").contains("largest difference");

    JsonNode python =
        Json.MAPPER.readTree(
            PythonEnv.of("mlflow")
                .run(SCRIPT, lake.mlflow().environment(), directory.toString())
                .lines()
                .reduce("", (first, last) -> last));
    assertThat(python.path("scores")).hasSize(100);
    for (int row = 0; row < 100; row++) {
      assertThat(python.path("scores").path(row).asDouble())
          .as("what MLflow's Python loads predicts the same, row " + row)
          .isCloseTo(python.path("golden").path(row).asDouble(), within(1e-5));
    }

    String logged = python.path("version").asText();
    FinishedCommand gate = millrace(copy, conf, "gate", "--version", logged);
    assertThat(gate.exitCode()).as(gate.err() + gate.out()).isZero();
    assertThat(gate.result().values())
        .containsEntry("verdict", "PASS")
        .containsEntry("champion", "1");

    FinishedCommand registered =
        lake.run(
            copy,
            "register",
            directory.resolve("model.onnx").toString(),
            "--pipeline",
            PIPELINE,
            "--conf",
            conf.toString());
    assertThat(registered.exitCode()).as(registered.err() + registered.out()).isZero();
    assertThat(registered.result().message())
        .isEqualTo(
            "Registered python_flight/3; judge it with `millrace gate python_flight --version 3`");
    assertThat(millrace(copy, conf, "gate", "--version", "3").exitCode()).isZero();
    assertThat(millrace(copy, conf, "run", "--date", "2013-01-31").exitCode()).isZero();

    List<String> models = millrace(copy, conf, "models").out();
    assertThat(models.get(0)).startsWith("python_flight in http").endsWith("version 3 is champion");
    assertThat(models.get(1))
        .contains("registered by ")
        .contains("2013-01-31")
        .endsWith("champion");
    assertThat(models.get(2)).contains("from outside").contains("PASS").endsWith("no days");
    assertThat(models.get(3)).contains("by python trainers/sklearn_logistic.py").contains("5 days");
    assertThat(millrace(copy, conf, "history").out())
        .anyMatch(line -> line.matches(".* version 2 .* moved from version 1 by gate: verdict 2"))
        .anyMatch(line -> line.matches(".* version 3 .* PASS, beside version 2 \\(verdict 3\\)"));
  }

  /** The shared pipeline under another name, whose model a Python program makes. */
  private ConfCopy ownPipeline() {
    ConfCopy conf = lake.conf();
    for (String kind : List.of("training", "gate", "scoring", "monitoring")) {
      conf.replace(kind + "/late_flight.yaml", "model: late_flight", "model: " + PIPELINE);
    }

    return conf.replace("millrace.yaml", "pipeline: late_flight", "pipeline: " + PIPELINE)
        .replace("scoring/late_flight.yaml", "predictions.late_flight", "predictions." + PIPELINE)
        .replace(
            "training/late_flight.yaml",
            "trees: {count: 10, depth: 4, step-size: 0.2, subsample: 1.0, bins: 64, seed: 42}",
            "trainer: {command: [python, trainers/sklearn_logistic.py], environment:"
                + " trainers/lightgbm.lock}")
        .replace("training/late_flight.yaml", "to: 2013-10-31", "to: 2013-01-20")
        .replace(
            "gate/late_flight.yaml",
            "{from: 2013-11-01, to: 2013-11-30}",
            "{from: 2013-01-21, to: 2013-01-25}");
  }

  private FinishedCommand millrace(Path copy, ConfCopy conf, String verb, String... others) {
    List<String> arguments = new ArrayList<>(List.of(verb, PIPELINE));
    arguments.addAll(List.of(others));
    arguments.addAll(List.of("--conf", conf.toString()));
    return lake.run(copy, arguments.toArray(String[]::new));
  }

  private static JobResult step(FinishedCommand run, String room) {
    return run.result().steps().stream()
        .filter(step -> step.verb().equals(room))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No step " + room + " in " + run.out()));
  }
}
