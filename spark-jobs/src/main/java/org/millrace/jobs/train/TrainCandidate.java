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
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.LedgerEntry;
import org.millrace.jobs.JobContext;
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
public final class TrainCandidate {
  private static final String ROOM = "train";

  private final JobContext context;
  private final RunKey runKey;
  private final TrainingDefinition training;
  private final SpineDefinition spine;

  /** Prepares the room for the model that the run key names. */
  public TrainCandidate(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.training =
        Definitions.named(context.definitions().training(), "training", runKey.pipeline());
    this.spine = Definitions.named(context.definitions().spines(), "spine", training.spine());
  }

  /** Trains, unless the newest candidate came from the same definition and training set. */
  public JobResult train() {
    long start = System.nanoTime();
    Instant startedAt = context.clock().instant();
    LedgerEntry set = trainingSet();
    String fingerprint = Digest.sha256(training.hash(), set.fingerprint());
    if (context
        .ledger()
        .isDone(LedgerObjects.candidate(training.model()), LedgerEntry.WHOLE, fingerprint)) {
      return JobResult.nothingToDo(
          runKey.toString(),
          "The candidate of this training set is registered",
          JobContext.secondsSince(start));
    }

    // a registry that is down is told now, not after the training
    context.registry().get().byAlias(training.model(), "champion");
    TableVersion table = TrainingSetTable.version(context.lake(), set);
    Dataset<Row> rows = TrainingSetTable.slice(context.lake(), table, TrainingSetTable.TRAINING);
    Path workDir = workDir();
    try {
      return train(table, rows, workDir, startedAt, fingerprint, start);
    } finally {
      delete(workDir);
    }
  }

  private JobResult train(
      TableVersion table,
      Dataset<Row> rows,
      Path workDir,
      Instant startedAt,
      String fingerprint,
      long start) {
    TrainedModel trained =
        new TrainModel().train(rows, training, spine.label(), workDir, Optional.of(table));
    context
        .progress()
        .say(ROOM, "trained on " + trained.rowsUsed() + " rows, seconds " + trained.seconds());
    ExportCheck.Result check = checkExports(rows, trained);
    FeatureProfile profile = FeatureProfile.of(rows, training.numeric(), training.categorical());
    ModelVersion version = register(table, trained, check, profile, startedAt, fingerprint);
    context
        .ledger()
        .append(
            List.of(ledgerEntry(table, trained, version, fingerprint)),
            context.note(runKey, fingerprint, List.of(table)));
    return result(trained, check, version, start);
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

  private LedgerEntry ledgerEntry(
      TableVersion table, TrainedModel trained, ModelVersion version, String fingerprint) {
    return new LedgerEntry(
        LedgerObjects.candidate(training.model()),
        LedgerEntry.WHOLE,
        fingerprint,
        runKey.toString(),
        CommitNote.versionsJson(List.of(table)),
        version.version(),
        trained.rowsUsed() + trained.rowsExcluded(),
        trained.rowsUsed(),
        trained.rowsExcluded(),
        "-",
        context.clock().instant());
  }

  private LedgerEntry trainingSet() {
    return context
        .ledger()
        .entry(TrainingSetTable.name(training.model()), LedgerEntry.WHOLE)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.INPUT_MISSING,
                    "Cannot train "
                        + training.model()
                        + ": there is no training set; run `millrace training-set` first"));
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

  private JobResult result(
      TrainedModel trained, ExportCheck.Result check, ModelVersion version, long start) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("rows_in", trained.rowsUsed() + trained.rowsExcluded());
    counts.put("rows_out", trained.rowsUsed());
    counts.put("excluded", trained.rowsExcluded());
    counts.put("export_rows_checked", check.rows());
    counts.put("export_ties", check.ties());
    return JobResult.done(
            runKey.toString(),
            "Registered candidate " + version,
            counts,
            Map.of(training.model(), version.version()),
            JobContext.secondsSince(start))
        .withValues(Map.of("export_max_difference", Double.toString(check.maxDifference())));
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
