package org.millrace.jobs.publish;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FaultPoint;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagedManifest;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.metastore.LakeTables;
import org.millrace.jobs.metastore.Metastore;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.model.ReigningChampion;
import org.millrace.jobs.prediction.ChallengerDays;
import org.millrace.jobs.prediction.PredictionDays;
import org.millrace.jobs.prediction.ScoredFacts;
import org.millrace.jobs.prediction.ScoringTurn;
import org.millrace.jobs.room.Failures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.tables.ChallengerColumns;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Checks what SCORE staged, makes it visible in one commit, and points the stable views at that
 * commit. A prediction that was in force before is kept and marked as superseded, so that what
 * people saw can be looked up.
 *
 * <p>Killed at any point and run again: the same table. The order is commit, views, lineage kept,
 * ledger, lineage delivered, staging removed; a day without its ledger entry is published again,
 * and its rows of the same fingerprint are replaced.
 *
 * <p>Placement: driver only.
 */
public final class PublishPredictions implements Room<PublishPredictions.Result> {
  private final JobContext context;
  private final RunKey runKey;
  private final ScoringDefinition scoring;
  private final SpineDefinition spine;
  private final Champions champions;
  private final List<TableVersion> besides = new ArrayList<>();

  /**
   * Prepares the room for the model and the days that the run key names.
   *
   * @param champions whose predictions are published
   */
  public PublishPredictions(JobContext context, RunKey runKey, Champions champions) {
    this.context = requireNonNull(context, "context is null");
    this.champions = requireNonNull(champions, "champions is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.scoring = context.pipeline().scoring();
    this.spine = context.pipeline().spine();
  }

  @Override
  public Verb verb() {
    return Verb.PUBLISH;
  }

  /**
   * What became visible.
   *
   * @param days the days that were asked for
   * @param published days that were published
   * @param predictions the version of each commit, the oldest first; empty if nothing was published
   * @param challengers the version of each commit of what challengers scored
   * @param rows what became of the staged rows
   * @param warning what speaks against the champion; empty if nothing does
   */
  public record Result(
      DayRange days,
      int published,
      List<TableVersion> predictions,
      List<TableVersion> challengers,
      RowCounts rows,
      Optional<String> warning)
      implements RoomResult {
    /** Copies the list. */
    public Result {
      predictions = List.copyOf(predictions);
      challengers = List.copyOf(challengers);
    }

    @Override
    public boolean isIdle() {
      return predictions.isEmpty() && challengers.isEmpty();
    }

    @Override
    public String message() {
      if (predictions.isEmpty()) {
        return isIdle()
            ? days + " was published before"
            : days + " was published before; kept what the challenger scored in " + challengers;
      }

      return "Published " + days + " in " + predictions.get(0).table() + "@" + versionText();
    }

    private String versionText() {
      return predictions.stream()
          .map(version -> "v" + version.version())
          .collect(Collectors.joining(", "));
    }

    @Override
    public Map<String, Long> written() {
      return predictions.isEmpty() ? Map.of() : Map.of(predictions.get(0).table(), rows.accepted());
    }

    @Override
    public Map<String, String> versions() {
      return predictions.isEmpty()
          ? Map.of()
          : Map.of(
              predictions.get(0).table(),
              predictions.stream()
                  .map(version -> Long.toString(version.version()))
                  .collect(Collectors.joining(",")));
    }

    @Override
    public Map<String, Long> counts() {
      return predictions.isEmpty() ? Map.of() : Map.of("days", (long) published);
    }

    @Override
    public Map<String, String> values() {
      return warning.map(text -> Map.of("warning", text)).orElse(Map.of());
    }
  }

  /**
   * Publishes what the current champion and definitions would stage for these days. Batches of
   * another champion, definition or input are stale: they are removed, and said.
   *
   * @throws MillraceException of category DATA_CONTRACT where a check fails; INPUT_MISSING where a
   *     day is neither staged nor published
   */
  @Override
  public Result run(Lease lease) {
    List<ScoringTurn> turns = ScoringTurn.of(context, champions, runKey.days());
    PredictionDays undone = ScoringTurn.undone(turns);
    StagingArea area = new StagingArea(context.lake(), scoring.predictions());
    area.sweep(runKey.days(), undone.keptIn(context.scope(), scoring.predictions()))
        .forEach(this::sayRemoved);
    List<StagedRows> batches = undone.staged(area);
    for (ScoringTurn turn : turns) {
      requireAllDays(turn.undone().without(batches), turn.champion());
    }

    Optional<String> warning = warning(turns);
    AuditBatch audit = new AuditBatch(context);
    Metastore metastore = new Metastore(context.lake());
    if (!batches.isEmpty()) {
      metastore.register(LakeTables.of(context.pipeline()));
    }

    Optional<PublishChallengers> challengers =
        context
            .pipeline()
            .rollout()
            .map(rollout -> new PublishChallengers(context, runKey, rollout.challengers()));
    List<TableVersion> published = new ArrayList<>();
    RowCounts rows = RowCounts.NONE;
    int days = 0;
    for (StagedRows batch : batches) {
      AuditBatch.Passed passed = audit.audit(batch);
      turns.stream()
          .flatMap(turn -> turn.challenger().stream())
          .filter(of -> of.isPartOf(batch.manifest()))
          .findFirst()
          .ifPresent(of -> keep(challengers.orElseThrow(), passed.rows(), batch, lease));
      published.add(publish(passed, metastore, lease));
      rows = rows.plus(batch.manifest().totalRows());
      days += batch.manifest().days().size();
    }

    for (ScoringTurn turn : turns) {
      turn.challenger().ifPresent(of -> beside(of, challengers.orElseThrow(), lease));
    }

    if (published.isEmpty()) {
      new Lineage(context).deliver(); // what an earlier run could not
    }

    return new Result(runKey.days(), days, published, besides, rows, warning);
  }

  /** Days that only the challenger has scored, as their predictions were published before. */
  private void beside(ChallengerDays challenger, PublishChallengers challengers, Lease lease) {
    StagingArea area = challenger.area(context);
    area.sweep(runKey.days(), challenger.kept()).forEach(this::sayRemoved);
    for (StagedRows batch : challenger.undone().staged(area)) {
      try {
        challengers.keep(batch.rows(), batch.manifest(), lease).ifPresent(besides::add);
      } catch (Exception e) { // Scala throws checked exceptions without declaring them
        sayNotKept(batch, e);
      }

      batch.discard(); // one that could not be kept is scored again
    }
  }

  /** A challenger that cannot be kept does not stop the publication of predictions. */
  private void keep(
      PublishChallengers challengers, Dataset<Row> rows, StagedRows batch, Lease lease) {
    try {
      challengers.keep(rows, batch.manifest(), lease).ifPresent(besides::add);
    } catch (Exception e) { // Scala throws checked exceptions without declaring them
      sayNotKept(batch, e);
    }
  }

  private void sayNotKept(StagedRows batch, Exception e) {
    context
        .progress()
        .say(
            verb().word(),
            "what the challenger has scored of %s is not kept: %s"
                .formatted(batch.manifest().days(), Failures.ending(e).sentence()));
  }

  private Optional<String> warning(List<ScoringTurn> turns) {
    return champions == Champions.NOW
        ? new ReigningChampion(context, runKey)
            .warning(turns.get(turns.size() - 1).champion().version())
        : Optional.empty();
  }

  private void sayRemoved(String name) {
    context.progress().say(verb().word(), "removed the stale staged predictions " + name);
  }

  private TableVersion publish(AuditBatch.Passed passed, Metastore metastore, Lease lease) {
    StagedManifest manifest = passed.batch().manifest();
    DayRange days = manifest.days();
    CommitNote note =
        context.note(runKey, manifest.fingerprint(), manifest.inputs()).with(partitions(manifest));
    sayWithdrawn(days);
    TableVersion version = commit(passed.rows(), days, note, lease);
    metastore.publishViews(context.pipeline(), version);
    FaultPoint.AFTER_VIEWS.reached(scoring.predictions());
    Lineage lineage = new Lineage(context);
    lineage.keep(ScoringRun.record(context, runKey, manifest, version, passed.means()));
    context
        .ledger()
        .append(context.ledger().entriesOf(version, note, context.clock().instant()), note);
    lineage.deliver();
    passed.batch().discard();
    context
        .progress()
        .say(
            verb().word(),
            days + ": " + manifest.totalRows().accepted() + " rows visible in " + version);
    return version;
  }

  private static NavigableMap<Partition, PartitionNote> partitions(StagedManifest manifest) {
    Optional<String> model = Optional.of(manifest.facts(ScoredFacts.class).model().toString());
    NavigableMap<Partition, PartitionNote> partitions = new TreeMap<>();
    manifest.partitions("PASS").forEach((day, made) -> partitions.put(day, made.scoredBy(model)));
    return partitions;
  }

  private void sayWithdrawn(DayRange days) {
    context
        .ledger()
        .entries(scoring.predictions(), days)
        .forEach(
            (day, entry) ->
                entry
                    .withdrawal()
                    .ifPresent(
                        withdrawal ->
                            context
                                .progress()
                                .say(
                                    verb().word(),
                                    day
                                        + " was "
                                        + withdrawal.text(entry.finishedAt())
                                        + "; it is published again, as this command names it")));
  }

  private TableVersion commit(Dataset<Row> rows, DayRange days, CommitNote note, Lease lease) {
    TableWriter writer =
        new TableWriter(
                context.lake(),
                scoring.predictions(),
                "Predictions of " + scoring.model() + ", published and superseded",
                PredictionColumns.comments(context.pipeline()),
                Optional.of(spine.day()))
            .fencedBy(lease.fence(scoring.predictions(), days.days()));
    Dataset<Row> fresh =
        PredictionColumns.complete(
            rows.drop(ChallengerColumns.CHAMPION_SCORE, ChallengerColumns.CHALLENGER_SCORE)
                .withColumn(PredictionColumns.SUPERSEDED_AT, lit(null).cast("timestamp"))
                .withColumn(
                    PredictionColumns.PUBLICATION, lit(lease.number(scoring.predictions(), days))));
    Optional<TableVersion> current = context.lake().current(scoring.predictions());
    Dataset<Row> all =
        current
            .map(table -> fresh.unionByName(new FormerPredictions(context).of(table, days, fresh)))
            .orElse(fresh);
    return writer.replaceDaysAddingColumns(all, days, note);
  }

  private void requireAllDays(List<DayRange> missing, Champion champion) {
    if (!missing.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot publish "
              + scoring.model()
              + " of "
              + missing.get(0)
              + ": it is not scored with "
              + champion.version()
              + " from the current definitions and inputs; run `millrace score "
              + scoring.model()
              + " --from "
              + missing.get(0).from()
              + " --to "
              + missing.get(missing.size() - 1).to()
              + "` first");
    }
  }
}
