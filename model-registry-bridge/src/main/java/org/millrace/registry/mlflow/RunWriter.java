package org.millrace.registry.mlflow;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.mlflow.api.proto.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes whole runs. The status is written last, so a run that is no longer RUNNING is complete and
 * is not touched again; one that a dead process left RUNNING is found by its tags and finished.
 */
final class RunWriter {
  static final String RUN_KEY = "millrace.run_key";
  static final String FINGERPRINT = "millrace.fingerprint";
  private static final String OUTCOME = "millrace.outcome";
  private static final String STARTED = "millrace.started";
  private static final Logger LOG = LoggerFactory.getLogger(RunWriter.class);

  private final MlflowSettings settings;
  private final RunCalls calls;
  private final MlflowRetries retries;
  private final Map<String, String> experimentIds = new ConcurrentHashMap<>();

  RunWriter(MlflowSettings settings, RunCalls calls, MlflowRetries retries) {
    this.settings = settings;
    this.calls = calls;
    this.retries = retries;
  }

  String write(RunRecord run) {
    String experimentId = experimentId(run.experiment());
    Map<String, String> identity = identity(run);
    Service.Run found =
        retries.step(
            "create run " + run.runKey(),
            () ->
                calls
                    .findRun(experimentId, identity)
                    .orElseGet(
                        () -> calls.createRun(experimentId, run.name(), run.start(), identity)));
    String runId = found.getInfo().getRunId();
    if (found.getInfo().getStatus() != Service.RunStatus.RUNNING) {
      LOG.debug("Run {} is complete already: {}", run.runKey(), runId);
      return runId;
    }

    fill(runId, run, found);
    return runId;
  }

  private void fill(String runId, RunRecord run, Service.Run found) {
    String name = run.runKey() + " (" + runId + ")";
    if (!run.datasets().isEmpty() || !run.inputModels().isEmpty()) {
      retries.step("log inputs of run " + name, () -> calls.logInputs(RunInputs.json(runId, run)));
    }
    // MLflow refuses a whole batch over one changed param: those of an interrupted attempt stay.
    Map<String, String> params = new HashMap<>(run.params());
    found.getData().getParamsList().forEach(param -> params.remove(param.getKey()));
    for (RunBatch batch : RunBatch.split(runId, RunInputs.metrics(run), params, tags(run))) {
      retries.step("log metrics of run " + name, () -> calls.logBatch(batch));
    }
    Service.RunStatus status =
        run.succeeded() ? Service.RunStatus.FINISHED : Service.RunStatus.FAILED;
    retries.step("end run " + name, () -> calls.endRun(runId, status, run.end()));
  }

  /** A success is one run for key and fingerprint; each failed attempt is a run of its own. */
  private static Map<String, String> identity(RunRecord run) {
    Map<String, String> identity = new HashMap<>();
    identity.put(RUN_KEY, run.runKey());
    identity.put(FINGERPRINT, run.fingerprint());
    identity.put(OUTCOME, run.succeeded() ? "succeeded" : "failed");
    if (!run.succeeded()) {
      identity.put(STARTED, run.start().toString());
    }
    return identity;
  }

  private Map<String, String> tags(RunRecord run) {
    Map<String, String> tags = new HashMap<>();
    tags.put("mlflow.user", settings.user());
    tags.put("mlflow.source.type", "JOB");
    tags.put("mlflow.source.name", run.runKey());
    tags.put("mlflow.note.content", description(run));
    tags.putAll(run.tags());
    return tags;
  }

  private static String description(RunRecord run) {
    StringBuilder text = new StringBuilder(run.description());
    for (ModelVersion model : run.inputModels()) {
      text.append(text.isEmpty() ? "" : "\n\n")
          .append("Model: [%s](%s)".formatted(model, MlflowLinks.version(model)));
    }
    return text.toString();
  }

  /** Without creating it: fails with DEFINITION where there is none of that name. */
  String existingExperimentId(String name) {
    String known = experimentIds.get(name);
    if (known != null) {
      return known;
    }

    return retries
        .step("find experiment " + name, () -> calls.findExperiment(name))
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot link to a run of "
                        + name
                        + ": MLflow has no such experiment; log a run first"))
        .getExperimentId();
  }

  private String experimentId(String name) {
    String known = experimentIds.get(name);
    if (known != null) {
      return known;
    }

    String id =
        retries.step(
            "create experiment " + name,
            () ->
                calls
                    .findExperiment(name)
                    .map(RunWriter::living)
                    .orElseGet(() -> calls.createExperiment(name)));
    experimentIds.put(name, id);
    return id;
  }

  private static String living(Service.Experiment experiment) {
    if (experiment.getLifecycleStage().equals("deleted")) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot log to experiment "
              + experiment.getName()
              + ": it is deleted in MLflow; restore it with 'mlflow experiments restore -x "
              + experiment.getExperimentId()
              + "'");
    }

    return experiment.getExperimentId();
  }
}
