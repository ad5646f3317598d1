package org.millrace.jobs.train;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FaultPoint;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.PartitionNote;
import org.millrace.features.lease.Lease;
import org.millrace.features.ledger.LedgerEntry;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.Room;
import org.millrace.jobs.RoomResult;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.tables.LedgerObjects;
import org.millrace.jobs.tables.TrainingSetTable;

/**
 * Trains on the training slice of the newest training set, exports to ONNX, checks the export
 * against Spark's own predictions, and registers the candidate. The registry is asked before the
 * training starts and written to only when all is checked: nothing is half registered.
 *
 * <p>Placement: driver only.
 */
public final class TrainCandidate implements Room<TrainCandidate.Result> {
  private static final String ROOM = Verb.TRAIN.word();

  private final JobContext context;
  private final RunKey runKey;
  private final TrainingDefinition training;
  private final SpineDefinition spine;

  /** Prepares the room for the model that the run key names. */
  public TrainCandidate(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.training = context.pipeline().training();
    this.spine = context.pipeline().spine();
  }

  @Override
  public Verb verb() {
    return Verb.TRAIN;
  }

  /**
   * What was trained.
   *
   * @param candidate the registered version; empty if that of this training set is registered
   * @param rows rows of the training slice, those that were not trained on as refused
   * @param check how the export compares with Spark's own predictions; empty as the candidate
   */
  public record Result(
      Optional<ModelVersion> candidate, RowCounts rows, Optional<ExportCheck.Result> check)
      implements RoomResult {
    @Override
    public boolean isIdle() {
      return candidate.isEmpty();
    }

    @Override
    public String message() {
      return candidate
          .map(version -> "Registered candidate " + version)
          .orElse("The candidate of this training set is registered");
    }

    @Override
    public Map<String, String> versions() {
      return candidate
          .map(version -> Map.of(LedgerObjects.candidate(version.name()), version.version()))
          .orElse(Map.of());
    }

    @Override
    public Map<String, Long> counts() {
      Map<String, Long> counts = new LinkedHashMap<>();
      check.ifPresent(
          export -> {
            counts.put("export_rows_checked", export.rows());
            counts.put("export_ties", export.ties());
          });
      return counts;
    }

    @Override
    public Map<String, String> values() {
      return check
          .map(export -> Map.of("export_max_difference", Double.toString(export.maxDifference())))
          .orElse(Map.of());
    }
  }

  /** Trains, unless the newest candidate came from the same definition and training set. */
  @Override
  public Result run(Lease lease) {
    Instant startedAt = context.clock().instant();
    LedgerEntry set = trainingSet();
    String fingerprint = Digest.sha256(training.hash(), set.fingerprint());
    if (context
        .ledger()
        .isDone(LedgerObjects.candidate(training.model()), Partition.whole(), fingerprint)) {
      return new Result(Optional.empty(), RowCounts.NONE, Optional.empty());
    }

    // a registry that is down is found now, not after the training
    context.registry().get().requireUp();
    TableVersion table = TrainingSetTable.version(context.lake(), set);
    Optional<RegisteredCandidate> registered = registered(fingerprint);
    if (registered.isPresent()) {
      return takeUp(registered.get(), table, fingerprint);
    }

    Dataset<Row> rows = TrainingSetTable.slice(context.lake(), table, TrainingSetTable.TRAINING);
    Path workDir = workDir();
    try {
      return train(table, rows, workDir, startedAt, fingerprint);
    } finally {
      delete(workDir);
    }
  }

  /** What a run of this key and fingerprint registered before it was killed. */
  private Optional<RegisteredCandidate> registered(String fingerprint) {
    return context
        .registry()
        .get()
        .byRunKey(training.model(), runKey.toString())
        .flatMap(version -> RegisteredCandidate.of(version, fingerprint));
  }

  private Result takeUp(RegisteredCandidate candidate, TableVersion table, String fingerprint) {
    append(table, candidate, fingerprint);
    context
        .progress()
        .say(ROOM, "took up " + candidate.version() + ", which an earlier run registered");
    return new Result(Optional.of(candidate.version()), candidate.rows(), Optional.empty());
  }

  private Result train(
      TableVersion table, Dataset<Row> rows, Path workDir, Instant startedAt, String fingerprint) {
    TrainedModel trained =
        new TrainModel().train(rows, training, spine.label(), workDir, Optional.of(table));
    context
        .progress()
        .say(ROOM, "trained on " + trained.rowsUsed() + " rows, seconds " + trained.seconds());
    ExportCheck.Result check = checkExports(rows, trained);
    FeatureProfile profile = FeatureProfile.of(rows, training.numeric(), training.categorical());
    ModelVersion version = register(table, trained, check, profile, startedAt, fingerprint);
    RegisteredCandidate candidate = RegisteredCandidate.of(version, trained);
    append(table, candidate, fingerprint);
    return new Result(Optional.of(version), candidate.rows(), Optional.of(check));
  }

  private void append(TableVersion table, RegisteredCandidate candidate, String fingerprint) {
    CommitNote note = context.note(runKey, fingerprint, List.of(table));
    LedgerEntry entry =
        LedgerEntry.of(LedgerObjects.candidate(training.model()), Partition.whole())
            .made(note, new PartitionNote(fingerprint, candidate.rows(), PartitionNote.UNJUDGED))
            .output(new Output.Model(candidate.version().version()))
            .finishedAt(context.clock().instant());
    context.ledger().append(List.of(entry), note);
  }

  private ExportCheck.Result checkExports(Dataset<Row> rows, TrainedModel trained) {
    ExportCheck.Result check = new ExportCheck().check(rows, trained.trees());
    new ExportCheck().check(rows, trained.baseline());
    context
        .progress()
        .say(
            ROOM,
            "export equals Spark on "
                + check.rows()
                + " rows, largest difference "
                + check.maxDifference()
                + ", "
                + check.ties()
                + " ties");
    return check;
  }

  private LedgerEntry trainingSet() {
    return context
        .ledger()
        .require(TrainingSetTable.name(training.model()), Partition.whole(), "training-set");
  }

  private ModelVersion register(
      TableVersion table,
      TrainedModel trained,
      ExportCheck.Result check,
      FeatureProfile profile,
      Instant startedAt,
      String fingerprint) {
    ModelRegistry registry = context.registry().get();
    Map<String, Double> metrics = new LinkedHashMap<>(trained.metrics());
    metrics.put("export.max_difference", check.maxDifference());
    metrics.put("export.ties", (double) check.ties());
    trained.seconds().forEach((phase, seconds) -> metrics.put("seconds." + phase, seconds));
    RunRecord run =
        new RunRecord(
            training.model(),
            runKey.toString(),
            fingerprint,
            "train " + training.days(),
            startedAt,
            context.clock().instant(),
            true,
            "Candidate of `" + table + "`, gradient-boosted trees exported to ONNX",
            trained.params(),
            metrics,
            Map.of("millrace.room", ROOM, "millrace.training_set", table.toString()),
            List.of(Lineage.dataset(context, table, trained.rowsUsed(), "training")),
            List.of());
    String runId = registry.logRun(run);
    ModelVersion version = registry.register(runId, modelPackage(table, trained, profile));
    FaultPoint.AFTER_REGISTER.reached(training.model());
    context.progress().say(ROOM, "registered " + version + " in " + registry.location());
    return version;
  }

  private ModelPackage modelPackage(
      TableVersion table, TrainedModel trained, FeatureProfile profile) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(ModelFiles.PROFILE, bytes(profile.toJson()));
    files.put(ModelFiles.IMPORTANCES, bytes(Json.write(trained.importances())));
    files.put(ModelFiles.BASELINE, read(trained.baseline().onnx()));
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("millrace.version", training.majorMinor() + "." + table.version());
    tags.put("millrace.training_set", table.toString());
    tags.put("millrace.definition", training.hash());
    tags.putAll(RegisteredCandidate.tags(trained));
    return new ModelPackage(
        training.model(),
        trained.trees().onnx(),
        trained.trees().sha256(),
        trained.trees().inputs(),
        trained.trees().outputs(),
        files,
        tags,
        trained.params());
  }

  private static Path workDir() {
    try {
      return Files.createTempDirectory("millrace-train");
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot make a directory for the exported model: " + e, e);
    }
  }

  private static void delete(Path workDir) {
    try (Stream<Path> files = Files.walk(workDir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot remove " + workDir + ": " + e, e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + e, e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
