package org.millrace.jobs.train;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.model.WorkDirectory;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.tables.LakePlaces;
import org.millrace.jobs.tables.TrainingSetTable;
import org.millrace.planning.Recipes;

/**
 * Has a model trained on the training slice of the newest training set, by Spark or by a program of
 * the definitions, and registers it as the candidate. The registry is asked before the training
 * starts and written to only when all is checked: nothing is half registered.
 *
 * <p>Placement: driver only.
 */
public final class TrainCandidate implements Room<TrainCandidate.Result> {
  private static final String ROOM = Verb.TRAIN.word();

  private final JobContext context;
  private final RunKey runKey;
  private final boolean believesLedger;
  private final TrainingDefinition training;
  private final CandidateEntry entry;

  /**
   * Prepares the room for the model that the run key names, which is asked for by its name: what
   * the registry does not have is trained again.
   */
  public TrainCandidate(JobContext context, RunKey runKey) {
    this(context, runKey, false);
  }

  private TrainCandidate(JobContext context, RunKey runKey, boolean believesLedger) {
    this.believesLedger = believesLedger;
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.training = context.pipeline().training();
    this.entry = new CandidateEntry(context, runKey);
  }

  /** The room as a part of a pipeline, which believes the ledger. */
  public static TrainCandidate ofPipeline(JobContext context, RunKey runKey) {
    return new TrainCandidate(context, runKey, true);
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
   * @param check how the file compares with what trained it; empty as the candidate
   */
  public record Result(
      Optional<ModelVersion> candidate, RowCounts rows, Optional<TrainedCandidate.Check> check)
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

  /**
   * Trains, unless the newest candidate came from the same definition and training set, and the
   * registry has it. If the registry does not answer, the ledger is believed; so it is in a
   * pipeline.
   *
   * @throws org.millrace.contracts.MillraceException of category BUSY if the lease was taken over
   *     before all was registered
   */
  @Override
  public Result run(Lease lease) {
    Instant startedAt = context.clock().instant();
    LedgerEntry set = trainingSet();
    String fingerprint = context.ledger().fingerprint(new Recipes(context.pipeline()).candidate());
    // a pipeline's nights must not train because an old version was cleaned up
    if (entry.isOf(fingerprint) && (believesLedger || entry.isRegistered(fingerprint))) {
      return new Result(Optional.empty(), RowCounts.NONE, Optional.empty());
    }

    // a registry that is down is found now, not after the training
    context.registry().get().requireUp();
    TableVersion table = TrainingSetTable.version(context.lake(), set);
    Optional<RegisteredCandidate> registered = registered(fingerprint);
    if (registered.isPresent()) {
      return takeUp(registered.get(), table, fingerprint, lease);
    }

    return trainAnew(table, startedAt, fingerprint, lease);
  }

  private Result trainAnew(TableVersion table, Instant startedAt, String fingerprint, Lease lease) {
    Dataset<Row> rows = TrainingSetTable.slice(context.lake(), table, TrainingSetTable.TRAINING);
    TrainedCandidate trained;
    ModelVersion version;
    try (WorkDirectory directory =
        WorkDirectory.alone(LakePlaces.training(context.lake(), training.model()))) {
      trained = trainer().train(table, rows, directory.path());
      FeatureProfile profile = FeatureProfile.of(rows, training.numeric(), training.categorical());
      version =
          new RegisterCandidate(context, runKey, table, fingerprint)
              .register(trained, profile, startedAt, lease);
    }

    RegisteredCandidate candidate = RegisteredCandidate.of(version, trained);
    entry.append(candidate, table, fingerprint, lease);
    return new Result(Optional.of(version), candidate.rows(), Optional.of(trained.check()));
  }

  private Trainer trainer() {
    return training
        .trainer()
        .<Trainer>map(program -> new ProgramTrainer(context, program))
        .orElseGet(() -> new SparkTrainer(context.pipeline(), context.progress()));
  }

  /** What a run of this key and fingerprint registered before it was killed. */
  private Optional<RegisteredCandidate> registered(String fingerprint) {
    return context
        .registry()
        .get()
        .byRunKey(training.model(), runKey.toString())
        .flatMap(version -> RegisteredCandidate.of(version, fingerprint));
  }

  private Result takeUp(
      RegisteredCandidate candidate, TableVersion table, String fingerprint, Lease lease) {
    entry.append(candidate, table, fingerprint, lease);
    context
        .progress()
        .say(ROOM, "took up " + candidate.version() + ", which an earlier run registered");
    return new Result(Optional.of(candidate.version()), candidate.rows(), Optional.empty());
  }

  private LedgerEntry trainingSet() {
    return context
        .ledger()
        .require(LedgerObjects.trainingSet(training.model()), Partition.whole(), "training-set");
  }
}
