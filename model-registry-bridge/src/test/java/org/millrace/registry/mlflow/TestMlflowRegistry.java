package org.millrace.registry.mlflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.registry.ModelRegistryContract;
import org.millrace.registry.testing.MlflowServer;
import org.millrace.registry.testing.PythonEnv;
import org.millrace.registry.testing.Runs;
import org.millrace.registry.testing.TinyOnnx;
import org.mlflow.api.proto.Service;
import org.mlflow.tracking.MlflowClient;

@Tag("slow")
class TestMlflowRegistry extends ModelRegistryContract {
  private static final MlflowServer SERVER = MlflowServer.shared();

  private static MlflowSettings settings() {
    return new MlflowSettings(
        SERVER.uri(), Duration.ofSeconds(30), Duration.ofSeconds(30), Optional.empty(), "robin");
  }

  @Override
  protected ModelRegistry openRegistry() {
    return new MlflowRegistry(settings());
  }

  @Override
  protected void corrupt(ModelVersion version) throws IOException {
    Files.write(stored(version).resolve("model.onnx"), new byte[] {0});
  }

  private static Path stored(ModelVersion version) throws IOException {
    try (Stream<Path> tree = Files.walk(SERVER.artifacts())) {
      return tree.filter(path -> path.endsWith(version.modelId() + "/artifacts"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Override
  protected int countRuns(String experiment, String runKey) {
    return runs(experiment, "tags.`millrace.run_key` = '" + runKey + "'").size();
  }

  private static List<Service.Run> runs(String experiment, String filter) {
    try (MlflowClient client = new MlflowClient(SERVER.uri().toString())) {
      String id = client.getExperimentByName(experiment).orElseThrow().getExperimentId();
      return client.searchRuns(List.of(id), filter, Service.ViewType.ACTIVE_ONLY, 100).getItems();
    }
  }

  @Override
  protected ModelRegistry unreachable() {
    return new MlflowRegistry(
        new MlflowSettings(
            URI.create("http://127.0.0.1:9"),
            Duration.ofSeconds(5),
            Duration.ofMillis(50),
            Optional.empty(),
            "robin"));
  }

  @Override
  protected String linkStart() {
    return SERVER.uri() + "/#/experiments/";
  }

  @Test
  void officialClientReadsTheRunBack() {
    ModelRegistry registry = openRegistry();
    RunRecord record = Runs.training(name, name + ".train.2013", "f1");
    String runId = registry.logRun(record);

    try (MlflowClient client = new MlflowClient(SERVER.uri().toString())) {
      Service.Run run = client.getRun(runId);
      assertThat(run.getInfo().getStatus()).isEqualTo(Service.RunStatus.FINISHED);
      assertThat(run.getInfo().getStartTime()).isEqualTo(record.start().toEpochMilli());
      assertThat(run.getInfo().getEndTime()).isEqualTo(record.end().toEpochMilli());
      assertThat(run.getInfo().getRunName()).isEqualTo(record.name());
      assertThat(run.getData().getParamsList())
          .extracting(p -> p.getKey() + "=" + p.getValue())
          .containsExactlyInAnyOrder("trees=20", "depth=5");
      assertThat(run.getData().getTagsList())
          .extracting(t -> t.getKey() + "=" + t.getValue())
          .contains(
              "git=0123abc",
              "mlflow.user=robin",
              "mlflow.note.content=Trees on ten months.",
              "millrace.run_key=" + record.runKey());
      assertThat(run.getData().getMetricsList())
          .extracting(Service.Metric::getKey)
          .containsExactlyInAnyOrder("auc", "calibration");
      assertThat(metric(run, "auc")).isEqualTo(0.75);
      assertThat(metric(run, "calibration")).isNaN();
      Service.DatasetInput input = run.getInputs().getDatasetInputs(0);
      assertThat(input.getDataset().getName()).isEqualTo("features.training_set@v3");
      assertThat(input.getDataset().getDigest()).isEqualTo(record.datasets().get(0).digest());
      assertThat(input.getDataset().getSource()).contains("\"delta_table_version\":3");
      assertThat(input.getTags(0).getValue()).isEqualTo("training");
    }
  }

  private static double metric(Service.Run run, String key) {
    return run.getData().getMetricsList().stream()
        .filter(metric -> metric.getKey().equals(key))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  @Test
  void officialClientReadsTheVersionBack() {
    ModelVersion version = register("a");
    openRegistry().moveAlias(name, "champion", Optional.empty(), "1");

    try (MlflowClient client = new MlflowClient(SERVER.uri().toString())) {
      var read = client.getModelVersion(name, "1");
      assertThat(read.getRunId()).isEqualTo(version.runId());
      assertThat(read.getAliasesList()).containsExactly("champion");
      assertThat(read.getTagsList())
          .extracting(t -> t.getKey() + "=" + t.getValue())
          .contains("sha256=" + version.sha256(), "gate=PASS", "version=1.0.0");
    }
    assertThat(version.modelId()).matches("m-[0-9a-f]{32}");
  }

  @Test
  void failedRunIsShownAsFailed() {
    String runId =
        openRegistry().logRun(Runs.failed(Runs.training(name, name + ".train", "f1"), 0));
    try (MlflowClient client = new MlflowClient(SERVER.uri().toString())) {
      assertThat(client.getRun(runId).getInfo().getStatus()).isEqualTo(Service.RunStatus.FAILED);
    }
  }

  @Test
  void runThatADeadProcessLeftIsFinishedByTheNext() {
    RunRecord record = Runs.training(name, name + ".train", "f1");
    MlflowRetries retries = new MlflowRetries(settings());
    RunCalls half = new RunCalls(new MlflowTransport(settings()));
    String experimentId = half.createExperiment(name);
    Service.Run left =
        half.createRun(
            experimentId,
            record.name(),
            record.start(),
            Map.of(
                RunWriter.RUN_KEY,
                record.runKey(),
                RunWriter.FINGERPRINT,
                "f1",
                "millrace.outcome",
                "succeeded"));
    half.logBatch(
        new RunBatch(left.getInfo().getRunId(), List.of(), Map.of("trees", "19"), Map.of()));

    String runId = new RunWriter(settings(), half, retries).write(record);
    assertThat(runId).isEqualTo(left.getInfo().getRunId());
    Service.Run run = half.getRun(runId).orElseThrow();
    assertThat(run.getInfo().getStatus()).isEqualTo(Service.RunStatus.FINISHED);
    assertThat(metric(run, "auc")).isEqualTo(0.75);
  }

  @Test
  void uploadThatBrokeOffIsTakenUpByTheNext() throws Exception {
    ModelRegistry registry = openRegistry();
    String runId = registry.logRun(Runs.training(name, name + ".train", "f1"));
    var model = TinyOnnx.modelPackage(name, TinyOnnx.write(temp.resolve("a"), "a"));
    // Fails after model.onnx is uploaded and before MLmodel is: as a process that dies there.
    var dying =
        new ModelPackage(
            name,
            model.onnx(),
            model.sha256(),
            List.of(new ModelPackage.Field("x", "complex", 1)),
            model.outputs(),
            model.files(),
            model.tags(),
            model.params());
    assertThatThrownBy(() -> registry.register(runId, dying))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot describe a tensor of type complex");
    assertThat(registry.byVersion(name, "1")).isEmpty();

    ModelVersion version = registry.register(runId, model);
    assertThat(version.version()).isEqualTo("1");
    assertThat(stored(version)).isDirectoryContaining(p -> p.endsWith("MLmodel"));
    assertThat(loggedModels(name)).isEqualTo(1);
  }

  private static int loggedModels(String experiment) {
    try (MlflowClient client = new MlflowClient(SERVER.uri().toString())) {
      String id = client.getExperimentByName(experiment).orElseThrow().getExperimentId();
      String reply =
          client.sendPost("logged-models/search", "{\"experiment_ids\":[\"" + id + "\"]}");
      return Json.MAPPER.readTree(reply).path("models").size();
    } catch (JsonProcessingException e) {
      throw new AssertionError("MLflow sent broken JSON", e);
    }
  }

  @Test
  void modelPageListsTheScoringRun() throws Exception {
    ModelVersion version = register("a");
    RunRecord scoring = Runs.scoring(name, name + ".score.2013-12-01", "f1", version);
    String runId = openRegistry().logRun(scoring);

    String run = "";
    String model = "";
    try (MlflowClient client = new MlflowClient(SERVER.uri().toString())) {
      run = client.sendGet("runs/get?run_id=" + runId);
      model = client.sendGet("logged-models/" + version.modelId());
    }
    assertThat(Json.MAPPER.readTree(run).at("/run/inputs/model_inputs/0/model_id").asText())
        .isEqualTo(version.modelId());
    var metrics = Json.MAPPER.readTree(model).at("/model/data/metrics");
    assertThat(metrics)
        .anySatisfy(
            metric -> {
              assertThat(metric.path("key").asText()).isEqualTo("rows_scoring");
              assertThat(metric.path("run_id").asText()).isEqualTo(runId);
              assertThat(metric.path("value").asDouble()).isEqualTo(900);
              assertThat(metric.path("dataset_name").asText())
                  .isEqualTo("features.origin_weather@v14");
            })
        .anySatisfy(
            metric -> {
              assertThat(metric.path("key").asText()).isEqualTo("rows_training");
              assertThat(metric.path("run_id").asText()).isEqualTo(version.runId());
              assertThat(metric.path("dataset_name").asText())
                  .isEqualTo("features.training_set@v3");
            });
    assertThat(openRegistry().runLink(name, runId))
        .endsWith("/runs/" + runId + "?workflowType=machine_learning");
  }

  @Test
  void pythonLoadsTheChampionAndPredictsTheSame() throws Exception {
    register("a");
    openRegistry().moveAlias(name, "champion", Optional.empty(), "1");
    String script =
        """
        import json, sys, warnings
        warnings.filterwarnings("ignore")
        import numpy, pandas, mlflow
        model = mlflow.pyfunc.load_model(f"models:/{sys.argv[1]}@champion")
        x, carrier = [0.5, -1.0, 2.0, float("nan")], ["AA", "UA", "??", "AA"]
        column = lambda values, kind: numpy.array(values, dtype=kind).reshape(-1, 1)
        inputs = {
            "arrays": {"x": column(x, "float32"), "carrier": column(carrier, str)},
            "frame": pandas.DataFrame({"carrier": carrier, "day": 1, "x": x}),
            "objects": pandas.DataFrame({"x": x, "carrier": pandas.Series(carrier, dtype=object)}),
            "whole numbers": pandas.DataFrame({"x": [1, 2], "carrier": ["AA", "UA"]}),
        }
        def score(value):
            return [None if s != s else float(s) for s in model.predict(value)["score"].ravel()]
        scores = {form: score(value) for form, value in inputs.items()}
        session = mlflow.onnx.load_model(f"models:/{sys.argv[1]}/1")
        scores["onnx"] = [node.op_type for node in session.graph.node]
        print(json.dumps(scores))
        """;
    String output = PythonEnv.of("mlflow").run(script, SERVER.environment(), name);

    var scores = Json.MAPPER.readTree(output.lines().reduce("", (first, last) -> last));
    for (String form : List.of("arrays", "frame", "objects")) {
      assertThat(scores.path(form)).as(form).hasSize(4);
      assertThat(scores.path(form).get(0).asDouble()).isCloseTo(sigmoid(1.5), within());
      assertThat(scores.path(form).get(1).asDouble()).isCloseTo(sigmoid(1), within());
      assertThat(scores.path(form).get(2).asDouble()).isCloseTo(sigmoid(2), within());
      assertThat(scores.path(form).get(3).isNull()).as("a NaN stays one").isTrue();
    }
    assertThat(scores.path("whole numbers").get(1).asDouble()).isCloseTo(sigmoid(4), within());
    assertThat(scores.path("onnx").toString()).isEqualTo("[\"LabelEncoder\",\"Add\",\"Sigmoid\"]");
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-6);
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  @Test
  void requirementsAreThoseOfTheLocks() throws IOException {
    String locks =
        Files.readString(PythonEnv.home().resolve("locks/mlflow.lock"), UTF_8)
            + Files.readString(PythonEnv.home().resolve("locks/mlflow-onnx.lock"), UTF_8);
    assertThat(ModelLayout.REQUIREMENTS.lines())
        .allMatch(line -> locks.lines().anyMatch(line::equals));
  }

  @Test
  void manyMetricsAndLongValuesFitIntoBatches() {
    RunRecord small = Runs.training(name, name + ".train", "f1");
    Map<String, Double> metrics = new HashMap<>();
    Map<String, String> params = new HashMap<>();
    for (int i = 0; i < 1700; i++) {
      metrics.put("psi/" + i, i / 10.0);
    }
    for (int i = 0; i < 230; i++) {
      params.put("p" + i, "v".repeat(7000));
    }
    RunRecord big =
        new RunRecord(
            name,
            small.runKey(),
            "f1",
            "big",
            small.start(),
            small.end(),
            true,
            "",
            params,
            metrics,
            params,
            List.of(),
            List.of());
    String runId = openRegistry().logRun(big);

    Service.Run run = new RunCalls(new MlflowTransport(settings())).getRun(runId).orElseThrow();
    assertThat(run.getData().getMetricsCount()).isEqualTo(1700);
    assertThat(run.getData().getParamsCount()).isEqualTo(230);
    assertThat(run.getData().getParams(0).getValue()).hasSize(6000).endsWith("v...");
  }

  @Test
  void refusalIsToldWithoutTryingAgain() {
    ModelRegistry registry = openRegistry();
    register("a");
    assertThatThrownBy(() -> registry.moveAlias(name, "not allowed!", Optional.empty(), "1"))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot read " + name + "@not allowed!: MLflow at")
        .hasMessageContaining("HTTP 400 INVALID_PARAMETER_VALUE");
  }

  private ModelVersion register(String note) {
    ModelRegistry registry = openRegistry();
    String runId = registry.logRun(Runs.training(name, name + ".train.2013", "f1"));
    return registry.register(
        runId, TinyOnnx.modelPackage(name, TinyOnnx.write(temp.resolve(note), note)));
  }
}
