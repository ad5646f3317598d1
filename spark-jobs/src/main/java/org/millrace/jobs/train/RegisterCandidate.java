package org.millrace.jobs.train;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.FaultPoint;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.room.JobContext;

/** Registers a checked model: its run first, then the version with all its files. Driver only. */
final class RegisterCandidate {
  private static final String ROOM = Verb.TRAIN.word();

  private final JobContext context;
  private final RunKey runKey;
  private final TrainingDefinition training;
  private final TableVersion table;
  private final String fingerprint;

  /**
   * @param table the training set
   * @param fingerprint of definition and training set
   */
  RegisterCandidate(JobContext context, RunKey runKey, TableVersion table, String fingerprint) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.training = context.pipeline().training();
    this.table = requireNonNull(table, "table is null");
    this.fingerprint = requireNonNull(fingerprint, "fingerprint is null");
  }

  /**
   * Registers.
   *
   * @param profile how the features that it was trained on are spread
   * @param startedAt when the training started
   * @throws MillraceException of category BUSY if the lease was taken over: nothing is registered
   *     then
   */
  ModelVersion register(
      TrainedCandidate candidate, FeatureProfile profile, Instant startedAt, Lease lease) {
    ModelRegistry registry = context.registry().get();
    lease.requireHeld();
    String runId = registry.logRun(run(candidate, startedAt));
    ModelPackage files = modelPackage(candidate, profile);
    lease.requireHeld();
    ModelVersion version = registry.register(runId, files);
    FaultPoint.AFTER_REGISTER.reached(training.model());
    context.progress().say(ROOM, "registered " + version + " in " + registry.location());
    return version;
  }

  private RunRecord run(TrainedCandidate candidate, Instant startedAt) {
    return new RunRecord(
        training.model(),
        runKey.toString(),
        fingerprint,
        "train " + training.days(),
        startedAt,
        context.clock().instant(),
        true,
        "Candidate of `" + table + "`: " + candidate.algorithm(),
        candidate.params(),
        candidate.metrics(),
        Map.of("millrace.room", ROOM, "millrace.training_set", table.toString()),
        List.of(Lineage.dataset(context.lake(), table, candidate.rowsUsed(), "training")),
        List.of());
  }

  private ModelPackage modelPackage(TrainedCandidate candidate, FeatureProfile profile) {
    Map<String, byte[]> files = new LinkedHashMap<>(candidate.files());
    files.put(ModelFiles.PROFILE, bytes(profile.toJson()));
    files.put(ModelFiles.CONTRACT, bytes(candidate.contract().toJson()));
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("millrace.version", training.majorMinor() + "." + table.version());
    tags.put("millrace.training_set", table.toString());
    tags.put("millrace.definition", training.hash());
    tags.put("millrace.algorithm", candidate.algorithm());
    tags.putAll(RegisteredCandidate.tags(candidate));
    return new ModelPackage(
        training.model(),
        candidate.model().onnx(),
        candidate.model().sha256(),
        candidate.model().inputs(),
        candidate.model().outputs(),
        files,
        tags,
        candidate.params());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
