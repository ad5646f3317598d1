package org.millrace.jobs.monitor;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.MonitoringDefinition;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.LedgerEntry;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.evaluate.BinaryMetrics;
import org.millrace.jobs.evaluate.Drift;
import org.millrace.jobs.evaluate.EvaluatePredictions;
import org.millrace.jobs.evaluate.EvaluationTable;
import org.millrace.jobs.evaluate.MeasureDrift;
import org.millrace.jobs.evaluate.ScoreSummary;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.MonitoringTableNames;
import org.millrace.jobs.tables.PredictionColumns;
import scala.collection.JavaConverters;

/**
 * Compares the predictions in force with what came true, and the features with those the model was
 * trained on, for the days whose labels became known: a run of day D judges day D minus {@code
 * label-days}.
 *
 * <p>Placement: driver only.
 */
public final class MonitorPredictions {
  private static final String ROOM = "monitor";

  private final JobContext context;
  private final RunKey runKey;
  private final MonitoringDefinition monitoring;
  private final ScoringDefinition scoring;
  private final TrainingDefinition training;

  /** Prepares the room for the model and the days that the run key names. */
  public MonitorPredictions(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    Definitions definitions = context.definitions();
    this.monitoring = Definitions.named(definitions.monitoring(), "monitoring", runKey.pipeline());
    this.scoring = Definitions.named(definitions.scoring(), "scoring", runKey.pipeline());
    this.training = Definitions.named(definitions.training(), "training", runKey.pipeline());
  }

  /** Judges the published days whose labels are known and that were not judged as they are now. */
  public JobResult monitor() {
    long start = System.nanoTime();
    SpineFeatures features = new SpineFeatures(context, training);
    NavigableMap<LocalDate, String> undone = undone(features);
    if (undone.isEmpty()) {
      return JobResult.nothingToDo(
          runKey.toString(),
          "No day has new labels: a day is judged "
              + monitoring.labelDays()
              + " days later, once it is published",
          JobContext.secondsSince(start));
    }

    // a hole between the days stays one: its days have no predictions, or were judged before
    List<JobResult> judged =
        DayRange.covering(undone.navigableKeySet()).stream()
            .map(days -> judge(features, days, undone.subMap(days.from(), true, days.to(), true)))
            .toList();
    return whole(judged, start);
  }

  private JobResult whole(List<JobResult> judged, long start) {
    Map<String, Long> counts = new LinkedHashMap<>();
    judged.forEach(
        result -> result.counts().forEach((name, count) -> counts.merge(name, count, Long::sum)));
    JobResult latest = judged.get(judged.size() - 1);
    String message = judged.stream().map(JobResult::message).collect(Collectors.joining("; "));
    return JobResult.done(
            runKey.toString(), message, counts, Map.of(), JobContext.secondsSince(start))
        .withValues(latest.values());
  }

  private NavigableMap<LocalDate, String> undone(SpineFeatures features) {
    NavigableMap<LocalDate, String> undone = new TreeMap<>();
    for (LocalDate runDay : runKey.days().days()) {
      LocalDate day = runDay.minusDays(monitoring.labelDays());
      Optional<LedgerEntry> published = context.ledger().entry(scoring.predictions(), day);
      if (published.isPresent()) {
        String fingerprint =
            Digest.sha256(
                monitoring.hash(), published.get().fingerprint(), features.fingerprint(day));
        if (!context
            .ledger()
            .isDone(MonitoringTableNames.quality(monitoring.model()), day, fingerprint)) {
          undone.put(day, fingerprint);
        }
      }
    }

    return undone;
  }

  private JobResult judge(
      SpineFeatures features, DayRange days, NavigableMap<LocalDate, String> undone) {
    long start = System.nanoTime();
    Instant now = context.clock().instant();
    Pins pins = features.pin(days);
    TableVersion predictions = context.lake().require(scoring.predictions(), "publish");
    Dataset<Row> joined = features.join(features.spine(days, pins), days, pins).rows().persist();
    try {
      MonitoredModel model = MonitoredModel.of(context, scoring, predictions, features, days);
      Dataset<Row> judged = judged(features, joined, predictions, days);
      Map<LocalDate, ScoreSummary> quality =
          EvaluatePredictions.evaluateByDay(
              judged,
              features.definition().day(),
              features.definition().label(),
              PredictionColumns.SCORE);
      BinaryMetrics whole =
          EvaluatePredictions.evaluate(
              judged, features.definition().label(), PredictionColumns.SCORE);
      Map<LocalDate, Map<String, Drift>> drift =
          MeasureDrift.compareByDay(model.profile(), joined, features.definition().day());
      CommitNote note = context.note(runKey, Digest.sha256(undone.toString()), pins.all());
      MonitoringTables tables = new MonitoringTables(context.lake(), monitoring);
      TableVersion written = tables.writeQuality(model.version(), quality, now, days, note);
      tables.writeDrift(model.version(), drift, now, days, note);
      new EvaluationTable(context.lake())
          .append(monitoring.model(), model.version().version(), ROOM, days, whole, now, note);
      Lineage lineage = new Lineage(context);
      lineage.keep(
          new MonitoringRun(context, runKey, monitoring)
              .record(model.version(), predictions, days, whole, quality, drift, now));
      context.ledger().append(entries(undone, written, quality, pins), note);
      lineage.deliver();
      return result(days, whole, drift, start);
    } finally {
      joined.unpersist();
    }
  }

  private Dataset<Row> judged(
      SpineFeatures features, Dataset<Row> joined, TableVersion predictions, DayRange days) {
    List<String> id = features.definition().id();
    Dataset<Row> inForce =
        context
            .lake()
            .read(predictions)
            .where(Lake.inDays(features.definition().day(), days))
            .where(col(PredictionColumns.SUPERSEDED_AT).isNull());
    List<String> columns = new ArrayList<>(id);
    columns.add(PredictionColumns.SCORE);
    Dataset<Row> scores =
        inForce.select(columns.stream().map(functions::col).toArray(Column[]::new));
    return joined.join(scores, JavaConverters.asScalaBuffer(id).toSeq(), "inner");
  }

  private List<LedgerEntry> entries(
      NavigableMap<LocalDate, String> undone,
      TableVersion written,
      Map<LocalDate, ScoreSummary> quality,
      Pins pins) {
    List<LedgerEntry> entries = new ArrayList<>();
    undone.forEach(
        (day, fingerprint) -> {
          ScoreSummary summary = quality.get(day);
          long rows = summary == null ? 0 : summary.rows();
          entries.add(
              new LedgerEntry(
                  MonitoringTableNames.quality(monitoring.model()),
                  day,
                  fingerprint,
                  runKey.toString(),
                  CommitNote.versionsJson(pins.all()),
                  Long.toString(written.version()),
                  rows,
                  rows,
                  0,
                  "-",
                  context.clock().instant()));
        });
    return entries;
  }

  private JobResult result(
      DayRange days, BinaryMetrics whole, Map<LocalDate, Map<String, Drift>> drift, long start) {
    long drifted =
        drift.values().stream()
            .flatMap(features -> features.values().stream())
            .filter(feature -> feature.psi() >= monitoring.psiWarning())
            .count();
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("rows_in", whole.rows());
    counts.put("days", (long) days.size());
    counts.put("drifted_feature_days", drifted);
    Map<String, String> values = new LinkedHashMap<>();
    whole
        .summary()
        .asMap()
        .forEach(
            (metric, value) ->
                values.put("realised_" + metric, String.format(Locale.ROOT, "%.4f", value)));
    context.progress().say(ROOM, days + ": " + values);
    return JobResult.done(
            runKey.toString(), "Judged " + days, counts, Map.of(), JobContext.secondsSince(start))
        .withValues(values);
  }
}
