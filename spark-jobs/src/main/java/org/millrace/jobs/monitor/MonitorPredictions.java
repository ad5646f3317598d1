package org.millrace.jobs.monitor;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.MonitoringDefinition;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.evaluate.EvaluationTable;
import org.millrace.jobs.evaluate.Metrics;
import org.millrace.jobs.evaluate.TaskMetrics;
import org.millrace.jobs.evaluate.TaskSummary;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ReigningChampion;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.spine.SpineLabels;
import org.millrace.planning.Recipes;

/**
 * Compares the predictions in force with what came true, and the features with those the model was
 * trained on, for the days whose labels became known: a run of day D judges day D minus {@code
 * label-days}.
 *
 * <p>Placement: driver only.
 */
public final class MonitorPredictions implements Room<MonitorPredictions.Result> {
  private static final String ROOM = Verb.MONITOR.word();

  private final JobContext context;
  private final RunKey runKey;
  private final MonitoringDefinition monitoring;
  private final ScoringDefinition scoring;

  /** Prepares the room for the model and the days that the run key names. */
  public MonitorPredictions(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.monitoring = context.pipeline().monitoring();
    this.scoring = context.pipeline().scoring();
  }

  @Override
  public Verb verb() {
    return Verb.MONITOR;
  }

  /**
   * What was judged.
   *
   * @param judged runs of days, oldest first; empty if no day has new labels
   * @param seen the day at whose end it is judged
   * @param labelDays how many days later a day is judged
   */
  public record Result(List<JudgedDays> judged, LocalDate seen, int labelDays)
      implements RoomResult {
    /** Copies the list. */
    public Result {
      judged = List.copyOf(judged);
    }

    @Override
    public boolean isIdle() {
      return judged.isEmpty();
    }

    @Override
    public String message() {
      return isIdle()
          ? "No day has new labels: as of %s those until %s can be judged, %d days after them, once they are published"
              .formatted(seen, seen.minusDays(labelDays), labelDays)
          : judged.stream()
              .map(part -> "Judged " + part.days() + (part.hasDrift() ? "" : " without drift"))
              .collect(Collectors.joining("; "));
    }

    @Override
    public RowCounts rows() {
      return RowCounts.sum(judged.stream().map(JudgedDays::rows).toList());
    }

    @Override
    public Map<String, Long> counts() {
      Map<String, Long> counts = new LinkedHashMap<>();
      for (JudgedDays part : judged) {
        counts.merge("days", (long) part.days().size(), Long::sum);
        counts.merge("drifted_feature_days", part.drifted(), Long::sum);
      }

      return counts;
    }

    @Override
    public Map<String, String> values() {
      if (isIdle()) {
        return Map.of();
      }

      Map<String, String> values =
          judged.stream()
              .flatMap(part -> part.whole().stream())
              .reduce((earlier, later) -> later)
              .map(MonitorPredictions::realised)
              .orElseGet(LinkedHashMap::new);
      warnings().ifPresent(text -> values.put("warning", text));
      return values;
    }

    private Optional<String> warnings() {
      return judged.stream()
          .flatMap(part -> part.warning().stream())
          .distinct()
          .reduce((earlier, later) -> earlier + "; " + later);
    }
  }

  /**
   * Judges the published days whose labels are known and that were not judged as they are now.
   *
   * @throws org.millrace.contracts.MillraceException of category DATA_CONTRACT if a published day
   *     was changed outside
   */
  @Override
  public Result run(Lease lease) {
    NavigableMap<LocalDate, String> undone = undone();
    List<JudgedDays> judged = new ArrayList<>();
    // a hole between the days stays one: its days have no predictions, or were judged before
    for (DayRange days : DayRange.covering(undone.navigableKeySet())) {
      TableVersion predictions = context.pin(scoring.predictions(), Verb.PUBLISH.word());
      MonitoredModel.versions(context, predictions, days)
          .forEach(
              (run, version) ->
                  judged.add(
                      judge(
                          MonitoredModel.of(context, version),
                          predictions,
                          undone.subMap(run.from(), true, run.to(), true),
                          lease)));
    }

    return new Result(judged, runKey.days().to(), context.pipeline().labelDays());
  }

  private NavigableMap<LocalDate, String> undone() {
    Recipes recipes = new Recipes(context.pipeline());
    NavigableMap<LocalDate, String> undone = new TreeMap<>();
    for (LocalDate runDay : runKey.days().days()) {
      LocalDate day = runDay.minusDays(context.pipeline().labelDays());
      if (isInScope(day) && published(day).isPresent()) {
        String fingerprint = context.ledger().fingerprint(recipes.quality(day));
        if (!context.ledger().isDone(LedgerObjects.quality(monitoring.model()), day, fingerprint)) {
          undone.put(day, fingerprint);
        }
      }
    }

    return undone;
  }

  private boolean isInScope(LocalDate day) {
    return context.scope().includes(LedgerObjects.quality(monitoring.model()), Partition.of(day));
  }

  /** A day that was published, and is in the table as it was. */
  private Optional<LedgerEntry> published(LocalDate day) {
    return context
        .ledger()
        .entry(scoring.predictions(), day)
        .filter(LedgerEntry::isReadable)
        .filter(entry -> entry.rows().accepted() > 0) // nothing was asked: nothing came true
        .map(
            entry ->
                context
                    .ledger()
                    .require(scoring.predictions(), Partition.of(day), Verb.PUBLISH.word()));
  }

  private JudgedDays judge(
      MonitoredModel model,
      TableVersion predictions,
      NavigableMap<LocalDate, String> undone,
      Lease lease) {
    Instant now = context.clock().instant();
    Optional<String> warning = warning(model.version());
    DayRange days = new DayRange(undone.firstKey(), undone.lastKey());
    SpineFeatures features = new SpineFeatures(context, model.views());
    Optional<SpineLabels> labels =
        context
            .pipeline()
            .label()
            .map(label -> new SpineLabels(context, label, features.definition()));
    Pins facts = features.pin(days);
    Pins pins = labels.map(label -> label.pin(facts, days)).orElse(facts);
    Dataset<Row> spine = features.spine(days, pins);
    Dataset<Row> asked = labels.map(label -> label.join(spine, days, pins)).orElse(spine);
    boolean hasDrift = model.profile().isPresent();
    Dataset<Row> joined = (hasDrift ? features.join(asked, days, pins).rows() : asked).persist();
    try {
      MonitoringTables tables = new MonitoringTables(context.lake(), context.pipeline(), lease);
      Measured measured =
          new MeasureDays(context, features, tables).measure(joined, model, predictions, days);
      NavigableMap<LocalDate, RowCounts> rows = rows(undone.navigableKeySet(), measured.quality());
      CommitNote note =
          context
              .note(runKey, Digest.sha256(undone.toString()), pins.all())
              .with(partitions(undone, rows));
      keep(measured, now, days, note, tables);
      return said(days, measured, RowCounts.sum(rows.values()), hasDrift, warning);
    } finally {
      joined.unpersist();
    }
  }

  /** A warning is given only if the judged version still holds the alias. */
  private Optional<String> warning(ModelVersion judged) {
    return ModelCache.of(context.lake(), context.progress())
        .remembered(scoring.model(), scoring.alias())
        .filter(inUse -> inUse.version().equals(judged.version()))
        .flatMap(inUse -> new ReigningChampion(context, runKey).warning(inUse));
  }

  /** Tables first, then lineage on disk, then the ledger: a kill in between does the days again. */
  private void keep(
      Measured measured, Instant now, DayRange days, CommitNote note, MonitoringTables tables) {
    ModelVersion model = measured.model();
    TableVersion written = tables.writeQuality(model, measured.quality(), now, days, note);
    // the ledger knows the quality's days alone
    CommitNote beside = note.with(Collections.emptyNavigableMap());
    tables.writeDrift(model, measured.drift(), now, days, beside);
    Lineage lineage = new Lineage(context);
    measured
        .whole()
        .ifPresent(
            whole -> {
              new EvaluationTable(context.lake())
                  .append(monitoring.model(), model.version(), ROOM, days, whole, now, beside);
              lineage.keep(
                  new MonitoringRun(context, runKey, monitoring)
                      .record(
                          model,
                          measured.predictions(),
                          days,
                          whole,
                          measured.quality(),
                          measured.drift(),
                          now));
            });
    context.ledger().append(context.ledger().entriesOf(written, note, now), note);
    lineage.deliver();
  }

  /** A published row that the spine has no row of any more, or no label, is refused. */
  private NavigableMap<LocalDate, RowCounts> rows(
      Collection<LocalDate> days, Map<LocalDate, ? extends TaskSummary> quality) {
    NavigableMap<LocalDate, RowCounts> rows = new TreeMap<>();
    for (LocalDate day : days) {
      long judged = Optional.ofNullable(quality.get(day)).map(TaskSummary::rows).orElse(0L);
      long published =
          published(day)
              .map(entry -> entry.rows().accepted())
              .filter(n -> n > judged)
              .orElse(judged);
      long refused = published - judged;
      rows.put(day, new RowCounts(published, judged, 0, refused, 0));
      if (refused > 0) {
        context
            .progress()
            .say(
                ROOM,
                "%s: %,d of %,d published rows are not judged: %s"
                    .formatted(
                        day,
                        refused,
                        published,
                        context.pipeline().label().isPresent()
                            ? "no label came for them, or the spine has no row of them any more"
                            : "the spine has no row of them, or no label, any more"));
      }
    }

    return rows;
  }

  private static NavigableMap<Partition, PartitionNote> partitions(
      NavigableMap<LocalDate, String> undone, Map<LocalDate, RowCounts> rows) {
    NavigableMap<Partition, PartitionNote> made = new TreeMap<>();
    undone.forEach(
        (day, fingerprint) ->
            made.put(
                Partition.of(day),
                new PartitionNote(
                    fingerprint, rows.getOrDefault(day, RowCounts.NONE), PartitionNote.UNJUDGED)));
    return made;
  }

  private JudgedDays said(
      DayRange days,
      Measured measured,
      RowCounts rows,
      boolean hasDrift,
      Optional<String> warning) {
    long drifted =
        measured.drift().values().stream()
            .flatMap(day -> day.drift().values().stream())
            .filter(feature -> feature.isDrifted(monitoring.psiWarning()))
            .count();
    context
        .progress()
        .say(
            ROOM,
            days
                + ": "
                + measured
                    .whole()
                    .map(whole -> told(realised(whole)))
                    .orElse("no row has a label"));
    return new JudgedDays(days, measured.whole(), rows, hasDrift, drifted, warning);
  }

  /** {@code auc 0.7293, log_loss 0.3997}. */
  private static String told(Map<String, String> realised) {
    return realised.entrySet().stream()
        .map(value -> value.getKey().replaceFirst("^realised_", "") + " " + value.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Map<String, String> realised(TaskMetrics whole) {
    Map<String, String> values = new LinkedHashMap<>();
    whole
        .asMap()
        .forEach((metric, value) -> values.put("realised_" + metric, Metrics.text(metric, value)));
    return values;
  }
}
