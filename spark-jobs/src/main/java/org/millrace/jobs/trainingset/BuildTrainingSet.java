package org.millrace.jobs.trainingset;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.asof.AsOfCounts;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.LedgerEntry;
import org.millrace.features.lake.TableWriter;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.spine.JoinedSpine;
import org.millrace.jobs.spine.OracleCheck;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineCheck;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.TrainingSetTable;

/**
 * Joins the spine of the training days and of the gate's days to the views, as of each row, and
 * saves both slices as one version of {@code training.<model>}. A version is never changed: a
 * training set is its table and version.
 *
 * <p>Placement: driver only.
 */
public final class BuildTrainingSet {
  private static final String ROOM = "training-set";

  private final JobContext context;
  private final RunKey runKey;
  private final TrainingDefinition training;
  private final GateDefinition gate;

  /** Prepares the room for the model that the run key names. */
  public BuildTrainingSet(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.training =
        Definitions.named(context.definitions().training(), "training", runKey.pipeline());
    this.gate = Definitions.named(context.definitions().gates(), "gate", runKey.pipeline());
  }

  /** Builds the training set, unless the newest one has the same definition and inputs. */
  public JobResult build() {
    long start = System.nanoTime();
    SpineFeatures features = new SpineFeatures(context, training);
    String fingerprint = fingerprint(features);
    String table = TrainingSetTable.name(training.model());
    if (context.ledger().isDone(table, LedgerEntry.WHOLE, fingerprint)) {
      return JobResult.nothingToDo(
          runKey.toString(), "The training set is up to date", JobContext.secondsSince(start));
    }

    DayRange all = new DayRange(training.days().from(), gate.days().to());
    Pins pins = features.pin(all);
    Column inTraining = col(features.definition().day()).leq(lit(training.days().to()));
    Dataset<Row> spine =
        features
            .spine(all, pins)
            .where(inTraining.or(col(features.definition().day()).geq(lit(gate.days().from()))))
            .withColumn(
                TrainingSetTable.SLICE,
                when(inTraining, TrainingSetTable.TRAINING).otherwise(TrainingSetTable.GATE));
    NavigableMap<LocalDate, Long> rows =
        SpineCheck.requireSound(context.lake(), features.definition(), spine, days());
    CommitNote note = context.note(runKey, fingerprint, pins.all());
    OracleCheck check =
        new OracleCheck(
            "training set of " + training.model(), features.definition().id(), sum(rows));
    Dataset<Row> expected = features.bruteForce(check.sample(spine), all, pins);
    Saved saved = save(features.join(spine, all, pins), check, expected, note);
    context
        .ledger()
        .append(
            List.of(entry(saved, fingerprint, CommitNote.versionsJson(pins.all()), sum(rows))),
            note);
    return result(saved, rows, start);
  }

  /** The days of both slices; there may be a gap between them. */
  private List<LocalDate> days() {
    return Stream.concat(training.days().days().stream(), gate.days().days().stream()).toList();
  }

  private record Saved(TableVersion version, AsOfCounts counts, long oracleRows) {}

  private Saved save(
      JoinedSpine joined, OracleCheck check, Dataset<Row> expected, CommitNote note) {
    // staged first: counts and sample must be proved before the commit makes the rows visible
    String staging = context.lake().stagingPath(TrainingSetTable.name(training.model()), "build");
    joined.rows().write().mode("overwrite").partitionBy(TrainingSetTable.SLICE).parquet(staging);
    AsOfCounts counts = joined.requireConserved();
    TableWriter writer =
        new TableWriter(
            context.lake(),
            TrainingSetTable.name(training.model()),
            "Training sets of "
                + training.model()
                + ": one version each, with a training and a gate slice",
            Map.of(TrainingSetTable.SLICE, "training or gate; partition"),
            Optional.of(TrainingSetTable.SLICE));
    Dataset<Row> staged = context.spark().read().parquet(staging);
    long oracleRows = check.requireEqual(expected, staged);
    return new Saved(writer.replaceAll(staged, note), counts, oracleRows);
  }

  private String fingerprint(SpineFeatures features) {
    List<String> parts =
        new ArrayList<>(
            List.of(training.hash(), gate.days().toString(), training.days().toString()));
    days().forEach(day -> parts.add(features.fingerprint(day)));
    return Digest.sha256(parts.toArray(String[]::new));
  }

  private static long sum(Map<LocalDate, Long> rows) {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  private LedgerEntry entry(Saved saved, String fingerprint, String inputs, long rowsIn) {
    return new LedgerEntry(
        TrainingSetTable.name(training.model()),
        LedgerEntry.WHOLE,
        fingerprint,
        runKey.toString(),
        inputs,
        Long.toString(saved.version().version()),
        rowsIn,
        saved.counts().rows(),
        0,
        "-",
        context.clock().instant());
  }

  private JobResult result(Saved saved, NavigableMap<LocalDate, Long> rows, long start) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("rows_in", sum(rows));
    counts.put("rows_out", saved.counts().rows());
    counts.put(OracleCheck.COUNT, saved.oracleRows());
    saved.counts().matched().forEach((view, matched) -> counts.put("matched." + view, matched));
    context
        .progress()
        .say(
            ROOM,
            "%s: %,d rows in, %,d out, %d of them equal to brute force"
                .formatted(saved.version(), sum(rows), saved.counts().rows(), saved.oracleRows()));
    saved.counts().matched().entrySet().stream()
        .filter(view -> view.getValue() == 0)
        .forEach(
            view ->
                context
                    .progress()
                    .say(
                        ROOM,
                        "note: no row found a fact of "
                            + view.getKey()
                            + ", its features are null throughout"));
    return JobResult.done(
        runKey.toString(),
        "Built training set " + saved.version(),
        counts,
        Map.of(saved.version().table(), Long.toString(saved.version().version())),
        JobContext.secondsSince(start));
  }
}
