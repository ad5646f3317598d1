package org.millrace.registry.mlflow;

import static org.millrace.registry.mlflow.MlflowMessages.parse;
import static org.millrace.registry.mlflow.MlflowMessages.print;
import static org.millrace.registry.mlflow.MlflowMessages.quoted;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service;

/** MLflow's calls for experiments and runs, each one exchange. */
final class RunCalls {
  private final MlflowTransport http;

  RunCalls(MlflowTransport http) {
    this.http = http;
  }

  Optional<Service.Experiment> findExperiment(String name) {
    try {
      String reply = http.get("experiments/get-by-name", Map.of("experiment_name", name));
      return Optional.of(
          parse(reply, Service.GetExperimentByName.Response.newBuilder()).getExperiment());
    } catch (MlflowFailure e) {
      if (e.isAbsence()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Creates it, or finds that another process just did. */
  String createExperiment(String name) {
    try {
      String reply =
          http.send(
              "POST",
              "experiments/create",
              print(
                  Service.CreateExperiment.newBuilder()
                      .setName(name)
                      // the UI then opens with runs and models, not with traces of chats
                      .addTags(
                          Service.ExperimentTag.newBuilder()
                              .setKey("mlflow.experimentKind")
                              .setValue("custom_model_development"))));
      return parse(reply, Service.CreateExperiment.Response.newBuilder()).getExperimentId();
    } catch (MlflowFailure e) {
      if (e.code().equals("RESOURCE_ALREADY_EXISTS")) {
        return findExperiment(name).orElseThrow(() -> e).getExperimentId();
      }
      throw e;
    }
  }

  /** The oldest living run that carries all these tags. */
  Optional<Service.Run> findRun(String experimentId, Map<String, String> tags) {
    String filter =
        tags.entrySet().stream()
            .map(tag -> "tags.`" + tag.getKey() + "` = " + quoted(tag.getValue()))
            .sorted()
            .collect(Collectors.joining(" and "));
    Service.SearchRuns.Builder search =
        Service.SearchRuns.newBuilder()
            .addExperimentIds(experimentId)
            .setFilter(filter)
            .addOrderBy("attributes.start_time ASC")
            .setMaxResults(1);
    String reply = http.send("POST", "runs/search", print(search));
    return parse(reply, Service.SearchRuns.Response.newBuilder()).getRunsList().stream()
        .findFirst();
  }

  Optional<Service.Run> getRun(String runId) {
    try {
      String reply = http.get("runs/get", Map.of("run_id", runId));
      return Optional.of(parse(reply, Service.GetRun.Response.newBuilder()).getRun());
    } catch (MlflowFailure e) {
      if (e.isAbsence()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  Service.Run createRun(String experimentId, String name, Instant start, Map<String, String> tags) {
    Service.CreateRun.Builder run =
        Service.CreateRun.newBuilder()
            .setExperimentId(experimentId)
            .setRunName(name)
            .setStartTime(start.toEpochMilli());
    tags.forEach(
        (key, value) -> run.addTags(Service.RunTag.newBuilder().setKey(key).setValue(value)));
    String reply = http.send("POST", "runs/create", print(run));
    return parse(reply, Service.CreateRun.Response.newBuilder()).getRun();
  }

  void endRun(String runId, Service.RunStatus status, Instant end) {
    Service.UpdateRun.Builder update =
        Service.UpdateRun.newBuilder()
            .setRunId(runId)
            .setStatus(status)
            .setEndTime(end.toEpochMilli());
    http.send("POST", "runs/update", print(update));
  }

  /** Resending the same batch changes nothing: points are unique by key, value, time and step. */
  void logBatch(RunBatch batch) {
    http.send("POST", "runs/log-batch", batch.json());
  }

  void logInputs(String json) {
    http.send("POST", "runs/log-inputs", json);
  }

  /** Says that the run made the logged model; MLflow refuses to hear it twice. */
  void logOutput(String runId, String modelId) {
    var body = MlflowMessages.object().put("run_id", runId);
    body.putArray("models").addObject().put("model_id", modelId).put("step", 0);
    try {
      http.send("POST", "runs/outputs", body.toString());
    } catch (MlflowFailure e) {
      if (e.status() != 400 || !e.mayPass()) {
        throw e;
      }
    }
  }
}
