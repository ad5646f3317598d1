package org.millrace.registry.mlflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.registry.mlflow.ModelCalls.LoggedModel;
import org.mlflow.api.proto.ModelRegistry;
import org.mlflow.api.proto.Service;

/**
 * Uploads and registers models. Order: logged model, files, ready, output of the run, and the
 * version last of all with all its tags in one call; so nobody can meet half a version, and a
 * second attempt takes up the logged model of the first.
 */
final class ModelWriter {
  static final String SHA256 = "sha256";
  private static final String UPLOAD = "millrace.upload";

  private final RunCalls runs;
  private final ModelCalls models;
  private final MlflowTransport http;
  private final MlflowRetries retries;

  ModelWriter(RunCalls runs, ModelCalls models, MlflowTransport http, MlflowRetries retries) {
    this.runs = runs;
    this.models = models;
    this.http = http;
    this.retries = retries;
  }

  ModelRegistry.ModelVersion write(String runId, ModelPackage model) {
    String name = model.name();
    model.requireIntact();
    Service.Run run = retries.step("read run " + runId, () -> run(runId, name));
    List<ModelRegistry.ModelVersion> done =
        retries.step("look for a version of " + name, () -> versions(runId, model));
    if (!done.isEmpty()) {
      return done.get(0);
    }

    LoggedModel logged =
        retries.step("create a logged model of " + name, () -> loggedModel(run, model));
    upload(run, model, logged);
    retries.step("finish the upload of " + name, () -> models.finishLoggedModel(logged.id()));
    retries.step("link " + name + " to its run", () -> runs.logOutput(runId, logged.id()));
    linkTrainingSet(run, logged);
    retries.step("register the name " + name, () -> models.ensureRegisteredModel(name));
    return retries.step(
        "register a version of " + name,
        () ->
            versions(runId, model).stream()
                .findFirst()
                .orElseGet(() -> models.createVersion(version(run, model, logged))));
  }

  private Service.Run run(String runId, String name) {
    return runs.getRun(runId)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot register " + name + ": there is no run " + runId + " in MLflow"));
  }

  private List<ModelRegistry.ModelVersion> versions(String runId, ModelPackage model) {
    String filter =
        "name = "
            + MlflowMessages.quoted(model.name())
            + " and run_id = "
            + MlflowMessages.quoted(runId);
    return models.searchVersions(filter).stream()
        .filter(version -> VersionTags.of(version).getOrDefault(SHA256, "").equals(model.sha256()))
        .toList();
  }

  private LoggedModel loggedModel(Service.Run run, ModelPackage model) {
    String upload = run.getInfo().getRunId() + ":" + model.name() + ":" + model.sha256();
    String experimentId = run.getInfo().getExperimentId();
    return models
        .findLoggedModel(experimentId, UPLOAD, upload)
        .orElseGet(
            () -> {
              Map<String, String> tags = new HashMap<>(model.tags());
              tags.put(UPLOAD, upload);
              tags.put(SHA256, model.sha256());
              ObjectNode body =
                  MlflowMessages.object()
                      .put("experiment_id", experimentId)
                      .put("name", model.name())
                      .put("model_type", "onnx")
                      .put("source_run_id", run.getInfo().getRunId());
              body.set("params", MlflowMessages.pairs(model.params()));
              body.set("tags", MlflowMessages.pairs(tags));
              return models.createLoggedModel(body);
            });
  }

  private void upload(Service.Run run, ModelPackage model, LoggedModel logged) {
    String directory = ArtifactPath.of(logged.artifactUri());
    retries.step(
        "upload " + model.name(),
        () -> http.upload(directory + "/" + ModelLayout.ONNX, model.onnx()));
    Instant created = Instant.ofEpochMilli(run.getInfo().getEndTime());
    ModelLayout.files(model, run.getInfo().getRunId(), logged.id(), created)
        .forEach(
            (file, bytes) ->
                retries.step(
                    "upload " + file + " of " + model.name(),
                    () -> http.upload(directory + "/" + file, bytes)));
  }

  /** With this metric the model's page shows the table that it was trained on. */
  private void linkTrainingSet(Service.Run run, LoggedModel logged) {
    for (Service.DatasetInput input : run.getInputs().getDatasetInputsList()) {
      boolean isTraining =
          input.getTagsList().stream().anyMatch(tag -> tag.getValue().contains("training"));
      if (isTraining) {
        Service.Dataset table = input.getDataset();
        double rows = MlflowMessages.parse(table.getProfile()).path("num_rows").asDouble();
        ObjectNode metric =
            RunInputs.rows(
                logged.id(),
                "training",
                table.getName(),
                table.getDigest(),
                rows,
                run.getInfo().getEndTime(),
                0);
        RunBatch batch =
            new RunBatch(run.getInfo().getRunId(), List.of(metric), Map.of(), Map.of());
        retries.step("link a model to its training set", () -> runs.logBatch(batch));
        return;
      }
    }
  }

  private static ObjectNode version(Service.Run run, ModelPackage model, LoggedModel logged) {
    Map<String, String> tags = new TreeMap<>(model.tags());
    model.files().forEach((file, bytes) -> tags.put(SHA256 + "." + file, Digest.sha256(bytes)));
    tags.put(SHA256, model.sha256());
    for (Service.RunTag tag : run.getData().getTagsList()) {
      if (tag.getKey().equals(RunWriter.RUN_KEY) || tag.getKey().equals(RunWriter.FINGERPRINT)) {
        tags.put(tag.getKey(), tag.getValue());
      }
    }
    ObjectNode body =
        MlflowMessages.object()
            .put("name", model.name())
            .put("source", "models:/" + logged.id())
            .put("run_id", run.getInfo().getRunId())
            .put("model_id", logged.id());
    body.set("tags", MlflowMessages.pairs(tags));
    return body;
  }
}
