package org.millrace.jobs.publish;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.Instant;
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
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.StagedRows;
import org.millrace.features.lake.TableWriter;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.metastore.Metastore;
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
public final class PublishPredictions {
  private static final String ROOM = "publish";

  private final JobContext context;
  private final RunKey runKey;
  private final ScoringDefinition scoring;
  private final SpineDefinition spine;

  /** Prepares the room for the model and the days that the run key names. */
  public PublishPredictions(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.scoring = Definitions.named(context.definitions().scoring(), "scoring", runKey.pipeline());
    TrainingDefinition training =
        Definitions.named(context.definitions().training(), "training", runKey.pipeline());
    this.spine = Definitions.named(context.definitions().spines(), "spine", training.spine());
  }

  /**
   * Publishes every staged batch that lies within the days.
   *
   * @throws MillraceException of category DATA_CONTRACT where a check fails; INPUT_MISSING where a
   *     day is neither staged nor published
   */
  public JobResult publish() {
    long start = System.nanoTime();
    List<StagedRows> batches =
        StagedRows.within(context.lake(), scoring.predictions(), runKey.days());
    requireAllDays(batches);
    Map<String, Long> counts = new LinkedHashMap<>();
    Optional<TableVersion> published = Optional.empty();
    for (StagedRows batch : batches) {
      if (isPublished(batch)) {
        batch.discard();
        continue;
      }

      published = Optional.of(publish(batch, counts));
    }

    if (published.isEmpty()) {
      new Lineage(context).deliver(); // what an earlier run could not
    }

    double seconds = JobContext.secondsSince(start);
    return published
        .map(
            version ->
                JobResult.done(
                    runKey.toString(),
                    "Published " + runKey.days() + " in " + version,
                    counts,
                    Map.of(version.table(), Long.toString(version.version())),
                    seconds))
        .orElseGet(
            () ->
                JobResult.nothingToDo(
                    runKey.toString(), runKey.days() + " was published before", seconds));
  }

  private TableVersion publish(StagedRows batch, Map<String, Long> counts) {
    StagedRows.Manifest manifest = batch.manifest();
    DayRange days = manifest.days();
    NavigableMap<LocalDate, Double> means =
        new PredictionChecks(scoring, spine)
            .requireSound(batch.rows(), manifest.rows(), earlierMeans(days));
    CommitNote note =
        context.note(runKey, Digest.sha256(manifest.fingerprints().toString()), manifest.inputs());
    TableVersion version = commit(batch, days, note);
    Metastore metastore = new Metastore(context.lake(), context.definitions());
    metastore.registerTables();
    metastore.publishViews(scoring.model(), version);
    Lineage lineage = new Lineage(context);
    lineage.keep(ScoringRun.record(context, runKey, scoring, manifest, version, means));
    context.ledger().append(manifest.published(runKey, version, context.clock().instant()), note);
    lineage.deliver();
    batch.discard();
    counts.merge("rows_in", manifest.totalRows(), Long::sum);
    counts.merge("rows_out", manifest.totalRows(), Long::sum);
    counts.merge("days", (long) days.size(), Long::sum);
    context
        .progress()
        .say(ROOM, days + ": " + manifest.totalRows() + " rows visible in " + version);
    return version;
  }

  private TableVersion commit(StagedRows batch, DayRange days, CommitNote note) {
    TableWriter writer =
        new TableWriter(
            context.lake(),
            scoring.predictions(),
            "Predictions of " + scoring.model() + ", published and superseded",
            PredictionColumns.comments(spine),
            Optional.of(spine.day()));
    Dataset<Row> fresh =
        batch.rows().withColumn(PredictionColumns.SUPERSEDED_AT, lit(null).cast("timestamp"));
    Optional<TableVersion> current = context.lake().current(scoring.predictions());
    if (current.isEmpty()) {
      return writer.replaceDays(fresh, days, note);
    }

    Dataset<Row> old = context.lake().read(current.get()).where(Lake.inDays(spine.day(), days));
    Dataset<Row> ours = fresh.select(PredictionColumns.FINGERPRINT).distinct();
    Instant now = context.clock().instant();
    Dataset<Row> superseded =
        old.join(
                ours,
                old.col(PredictionColumns.FINGERPRINT)
                    .equalTo(ours.col(PredictionColumns.FINGERPRINT))
                    // what was superseded before stays, also where its predictions come back
                    .and(old.col(PredictionColumns.SUPERSEDED_AT).isNull()),
                "left_anti")
            .withColumn(
                PredictionColumns.SUPERSEDED_AT,
                coalesce(col(PredictionColumns.SUPERSEDED_AT), lit(now)));
    return writer.replaceDays(fresh.unionByName(superseded), days, note);
  }

  private Map<LocalDate, Double> earlierMeans(DayRange days) {
    int previous = scoring.bounds().previousDays();
    Optional<TableVersion> current = context.lake().current(scoring.predictions());
    Map<LocalDate, Double> means = new TreeMap<>();
    if (previous == 0 || current.isEmpty()) {
      return means;
    }

    DayRange before = new DayRange(days.from().minusDays(previous), days.from().minusDays(1));
    Dataset<Row> rows =
        context
            .lake()
            .read(current.get())
            .where(Lake.inDays(spine.day(), before))
            .where(col(PredictionColumns.SUPERSEDED_AT).isNull());
    rows.groupBy(col(spine.day()))
        .agg(avg(col(PredictionColumns.SCORE)))
        .collectAsList()
        .forEach(row -> means.put(row.getLocalDate(0), row.getDouble(1)));
    return means;
  }

  private boolean isPublished(StagedRows batch) {
    return batch.manifest().fingerprints().entrySet().stream()
        .allMatch(
            day -> context.ledger().isDone(scoring.predictions(), day.getKey(), day.getValue()));
  }

  private void requireAllDays(List<StagedRows> batches) {
    for (LocalDate day : runKey.days().days()) {
      boolean staged = batches.stream().anyMatch(batch -> batch.manifest().days().contains(day));
      if (!staged && context.ledger().entry(scoring.predictions(), day).isEmpty()) {
        throw new MillraceException(
            ErrorCategory.INPUT_MISSING,
            "Cannot publish "
                + scoring.model()
                + " of "
                + day
                + ": it is not scored; run `millrace score "
                + scoring.model()
                + " --date "
                + day
                + "` first");
      }
    }
  }
}
