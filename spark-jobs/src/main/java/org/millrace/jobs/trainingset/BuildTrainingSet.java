package org.millrace.jobs.trainingset;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.asof.AsOfCounts;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.spine.JoinedSpine;
import org.millrace.jobs.spine.OracleCheck;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineCheck;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.TrainingSetTable;
import org.millrace.planning.JoinedViews;
import org.millrace.planning.Recipes;

/**
 * Joins the spine of the training days and of the gate's days to the views, as of each row, and
 * saves both slices as one version of {@code training.<model>}. A version is never changed: a
 * training set is its table and version.
 *
 * <p>Placement: driver only.
 */
public final class BuildTrainingSet implements Room<BuildTrainingSet.Result> {

  private final JobContext context;
  private final RunKey runKey;
  private final TrainingDefinition training;

  /** Prepares the room for the model that the run key names. */
  public BuildTrainingSet(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.training = context.pipeline().training();
  }

  @Override
  public Verb verb() {
    return Verb.TRAINING_SET;
  }

  /**
   * What was built.
   *
   * @param set the training set; empty if the newest one is up to date
   * @param rows what became of the spine's rows
   * @param oracleRows rows that were answered by brute force, too
   * @param matched rows that found a fact, by view
   * @param olderDays days that an older definition of their view made, by view
   */
  public record Result(
      Optional<TableVersion> set,
      RowCounts rows,
      long oracleRows,
      Map<String, Long> matched,
      Map<String, List<LocalDate>> olderDays)
      implements RoomResult {
    @Override
    public boolean isIdle() {
      return set.isEmpty();
    }

    @Override
    public String message() {
      return set.map(built -> "Built training set " + built)
          .orElse("The training set is up to date");
    }

    @Override
    public Map<String, Long> written() {
      return set.map(built -> Map.of(built.table(), rows.accepted())).orElse(Map.of());
    }

    @Override
    public Map<String, String> versions() {
      return set.map(built -> Map.of(built.table(), Long.toString(built.version())))
          .orElse(Map.of());
    }

    @Override
    public Map<String, Long> counts() {
      Map<String, Long> counts = new LinkedHashMap<>();
      if (!isIdle()) {
        counts.put(OracleCheck.COUNT, oracleRows);
      }
      matched.forEach((view, found) -> counts.put("matched." + view, found));
      olderDays.forEach((view, days) -> counts.put(Pins.OLDER_DAYS + view, (long) days.size()));
      return counts;
    }
  }

  /**
   * Builds the training set, unless the newest one has the same definition and inputs. It holds the
   * columns of the views that the next candidate is trained on, and of those that the version that
   * scores needs: the gate evaluates both on its rows. Rows without a label are left out, and are
   * the refused ones of the result.
   */
  @Override
  public Result run(Lease lease) {
    SpineFeatures features = new SpineFeatures(context);
    String fingerprint = context.ledger().fingerprint(features.recipes().trainingSet());
    StagingArea area = new StagingArea(context.lake(), table());
    area.sweepAll().forEach(this::sayRemoved); // of a run that ended between its entry and its end
    if (context.ledger().isDone(table(), Partition.whole(), fingerprint) || holdsMore()) {
      return new Result(Optional.empty(), RowCounts.NONE, 0, Map.of(), Map.of());
    }

    try (AskedRows asked = AskedRows.of(context, features)) {
      return build(features, asked, area, fingerprint, lease);
    }
  }

  private Result build(
      SpineFeatures features, AskedRows asked, StagingArea area, String fingerprint, Lease lease) {
    DayRange all = asked.days();
    Pins pins = asked.pins();
    OracleCheck check =
        new OracleCheck(
            "training set of " + training.model(), features.definition().id(), asked.count());
    Dataset<Row> expected = features.bruteForce(check.sample(asked.rows()), all, pins);
    JoinedSpine joined = features.join(asked.rows(), all, pins);
    StagingArea.Draft draft = area.draft(all, context.attempt());
    Dataset<Row> staged = draft.write(joined.rows(), TrainingSetTable.SLICE);
    AsOfCounts counts = joined.requireConserved();
    requireAllStaged(features, staged, asked);
    long oracleRows = check.requireEqual(expected, staged);
    CommitNote note = note(fingerprint, pins, asked.counts());
    TableVersion set = commit(staged, note, lease);
    context
        .ledger()
        .append(context.ledger().countedEntriesOf(set, note, context.clock().instant()), note);
    area.sweepAll();
    say(set, counts, oracleRows);
    return new Result(
        Optional.of(set), asked.counts(), oracleRows, counts.matched(), pins.olderDays());
  }

  /** Whether the newest set is up to date, and was joined to more views than are wanted. */
  private boolean holdsMore() {
    Optional<List<FeatureViewDefinition>> joined =
        context
            .ledger()
            .entry(table(), Partition.whole())
            .flatMap(newest -> JoinedViews.more(context.pipeline(), newest));
    if (joined.isEmpty()) {
      return false;
    }

    try {
      String fingerprint =
          context.ledger().fingerprint(new Recipes(context.pipeline(), joined.get()).trainingSet());
      return context.ledger().isDone(table(), Partition.whole(), fingerprint);
    } catch (MillraceException e) { // what is no longer wanted may be gone
      context.progress().say(verb().word(), "the newest set is not compared: " + e.getMessage());
      return false;
    }
  }

  private void sayRemoved(String name) {
    context.progress().say(verb().word(), "removed the stale staged rows " + name);
  }

  /** What was written is what was asked: every row once, on its day. */
  private void requireAllStaged(SpineFeatures features, Dataset<Row> staged, AskedRows asked) {
    NavigableMap<LocalDate, Long> written =
        SpineCheck.requireSound(
            context.lake(), features.definition(), staged, asked.byDay().keySet());
    if (!written.equals(asked.byDay())) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot use the staged training set of "
              + training.model()
              + ": "
              + written.values().stream().mapToLong(Long::longValue).sum()
              + " rows were written for "
              + asked.count()
              + " rows of the spine: its staged files were changed from outside; nothing was made"
              + " visible, run it again");
    }
  }

  private String table() {
    return LedgerObjects.trainingSet(training.model());
  }

  private CommitNote note(String fingerprint, Pins pins, RowCounts rows) {
    NavigableMap<Partition, PartitionNote> made = new TreeMap<>();
    made.put(Partition.whole(), new PartitionNote(fingerprint, rows, PartitionNote.UNJUDGED));
    return context.note(runKey, fingerprint, pins.all()).with(made);
  }

  private TableVersion commit(Dataset<Row> staged, CommitNote note, Lease lease) {
    return new TableWriter(
            context.lake(),
            table(),
            "Training sets of "
                + training.model()
                + ": one version each, with a training and a gate slice",
            Map.of(TrainingSetTable.SLICE, "training or gate; partition"),
            Optional.of(TrainingSetTable.SLICE))
        .fencedBy(lease.fence(table()))
        .replaceAll(staged, note);
  }

  private void say(TableVersion set, AsOfCounts counts, long oracleRows) {
    context
        .progress()
        .say(
            verb().word(),
            "%s: %,d rows in, %,d out, %d of them equal to brute force"
                .formatted(set, counts.spineRows(), counts.rows(), oracleRows));
    counts.matched().entrySet().stream()
        .filter(view -> view.getValue() == 0)
        .forEach(
            view ->
                context
                    .progress()
                    .say(
                        verb().word(),
                        "note: no row found a fact of "
                            + view.getKey()
                            + ", its features are null throughout"));
  }
}
