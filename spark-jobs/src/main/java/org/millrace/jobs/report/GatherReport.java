package org.millrace.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Status;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.MonitoringDefinition;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.ledger.Ledger;
import org.millrace.jobs.evaluate.BinaryMetrics;
import org.millrace.jobs.evaluate.EvaluationTable;
import org.millrace.jobs.evaluate.RegressionMetrics;
import org.millrace.jobs.evaluate.TaskMetrics;
import org.millrace.jobs.model.AliasHistory;
import org.millrace.jobs.model.AliasMove;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ModelContracts;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.model.VerdictRecord;
import org.millrace.jobs.model.Verdicts;
import org.millrace.jobs.report.ReportData.CalibrationBin;
import org.millrace.jobs.report.ReportData.DayQuality;
import org.millrace.jobs.report.ReportData.FeatureImportance;
import org.millrace.jobs.report.ReportData.RocPoint;
import org.millrace.jobs.report.ReportData.ScoreBin;
import org.millrace.jobs.report.ReportData.SliceMetrics;
import org.millrace.jobs.report.ReportData.Step;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.PredictionColumns;
import org.millrace.jobs.tables.RunsTable;

/** Reads what a report shows from the tables that the rooms left. Driver only. */
final class GatherReport {
  private static final String GATE = "gate";
  private static final String MONITOR = "monitor";
  private static final int BINS = 20;

  private final JobContext context;
  private final String model;
  private final ScoringDefinition scoring;
  private final Set<LocalDate> judged;

  GatherReport(JobContext context, String model) {
    this.context = context;
    this.model = model;
    this.scoring = context.pipeline().scoring();
    this.judged = judged(context.ledger(), model, scoring.predictions());
  }

  ReportData gather() {
    ModelCache cache = ModelCache.of(context.lake(), context.progress());
    Optional<ModelVersion> remembered = cache.remembered(scoring.model(), scoring.alias());
    String version =
        remembered.map(ModelVersion::version).or(this::lastHolder).orElseThrow(this::noChampion);
    Optional<VerdictRecord> verdict = new Verdicts(context.lake()).newest(model, version);
    EvaluationTable evaluations = new EvaluationTable(context.lake());
    Optional<TaskMetrics> gated = evaluations.newest(model, version, GATE);
    Optional<TaskMetrics> realised = evaluations.newest(model, version, MONITOR);
    Optional<TaskMetrics> shown = gated.or(() -> realised);
    List<SliceMetrics> slices = new ArrayList<>();
    gated.ifPresent(metrics -> slices.add(slice(gateDays(verdict) + ", held out", metrics)));
    realised.ifPresent(metrics -> slices.add(slice("last judged days, realised", metrics)));
    List<JudgedDay> days = days();
    GatherDrift.Found drift = new GatherDrift(context, model, judged).of(version);
    MonitoringDefinition monitoring = context.pipeline().monitoring();
    return new ReportData(
        model,
        context.clock().instant(),
        new ReportData.Model(model, version, Optional.of(scoring.alias())),
        verdict.map(VerdictRecord::decision),
        context.pipeline().training().task(),
        slices,
        shown.map(GatherReport::roc).orElse(List.of()),
        shown.map(GatherReport::calibration).orElse(List.of()),
        realised.or(() -> gated).map(GatherReport::histogram).orElseGet(() -> published(version)),
        shown.map(GatherReport::residuals).orElse(List.of()),
        days.stream().filter(day -> day.version().equals(version)).map(JudgedDay::quality).toList(),
        (int) days.stream().filter(day -> !day.version().equals(version)).count(),
        remembered.map(files -> importance(cache, files)).orElse(List.of()),
        drift.features(),
        drift.of(),
        monitoring.psiWarning(),
        new GatherLineage(
                context,
                model,
                version,
                remembered.flatMap(ModelContracts.of(context)::trainingSet))
            .gather(),
        new RunsTable(context.lake()).newest(model).stream().map(GatherReport::step).toList());
  }

  private Optional<String> lastHolder() {
    return AliasHistory.read(context.lake().logs(), scoring)
        .newest()
        .flatMap(AliasMove::certainHolder);
  }

  private MillraceException noChampion() {
    return new MillraceException(
        ErrorCategory.INPUT_MISSING,
        "Cannot report on %s@%s: this lake knows no version that held the alias; run `millrace score %s --date <day>` first"
            .formatted(scoring.model(), scoring.alias(), scoring.model()));
  }

  private static String gateDays(Optional<VerdictRecord> verdict) {
    return verdict.map(record -> record.days().replace("_", " to ")).orElse("gate's days");
  }

  private static SliceMetrics slice(String name, TaskMetrics metrics) {
    return new SliceMetrics(name, metrics.rows(), metrics.asMap());
  }

  private static List<RocPoint> roc(TaskMetrics metrics) {
    return metrics instanceof BinaryMetrics binary
        ? binary.roc().stream()
            .map(point -> new RocPoint(point.falsePositiveRate(), point.truePositiveRate()))
            .toList()
        : List.of();
  }

  private static List<CalibrationBin> calibration(TaskMetrics metrics) {
    if (metrics instanceof RegressionMetrics regression) {
      return regression.calibration().stream()
          .map(group -> new CalibrationBin(group.meanScore(), group.meanLabel(), group.rows()))
          .toList();
    }

    return metrics instanceof BinaryMetrics binary
        ? binary.calibration().stream()
            .map(bin -> new CalibrationBin(bin.meanScore(), bin.observedRate(), bin.rows()))
            .toList()
        : List.of();
  }

  private static List<ScoreBin> histogram(TaskMetrics metrics) {
    return metrics instanceof BinaryMetrics binary
        ? binary.histogram().stream()
            .map(bin -> new ScoreBin(bin.from(), bin.to(), bin.rows()))
            .toList()
        : List.of();
  }

  private static List<ScoreBin> residuals(TaskMetrics metrics) {
    return metrics instanceof RegressionMetrics regression
        ? regression.residuals().stream()
            .map(bin -> new ScoreBin(bin.from(), bin.to(), bin.rows()))
            .toList()
        : List.of();
  }

  /** A day that was judged, and the version that had scored it. */
  private record JudgedDay(String version, DayQuality quality) {}

  private List<JudgedDay> days() {
    return context
        .ledger()
        .comparedWith(LedgerObjects.quality(model))
        .map(
            quality ->
                context.lake().read(quality).orderBy("day").collectAsList().stream()
                    .filter(row -> judged.contains(row.<LocalDate>getAs("day")))
                    .map(GatherReport::judgedDay)
                    .toList())
        .orElse(List.of());
  }

  /** All numbers of a day are metrics of it. */
  private static JudgedDay judgedDay(Row row) {
    Map<String, Double> metrics = new HashMap<>();
    for (StructField field : row.schema().fields()) {
      boolean isMetric = field.dataType().equals(DataTypes.DoubleType);
      if (isMetric && !row.isNullAt(row.fieldIndex(field.name()))) {
        metrics.put(field.name(), row.<Double>getAs(field.name()));
      }
    }

    return new JudgedDay(
        row.<String>getAs("model_version"),
        new DayQuality(row.<LocalDate>getAs("day"), row.<Long>getAs("rows"), metrics));
  }

  /** Scores in force of a version that nothing has evaluated yet. */
  private List<ScoreBin> published(String version) {
    if (context.pipeline().training().task() != Task.BINARY) {
      return List.of(); // no bins are known before the range of the scores is
    }

    Column bin = least(floor(col(PredictionColumns.SCORE).multiply(BINS)), lit(BINS - 1));
    return context
        .lake()
        .current(scoring.predictions())
        .map(context.lake()::read)
        .map(
            rows ->
                rows.where(col(PredictionColumns.MODEL_VERSION).equalTo(version))
                    .where(col(PredictionColumns.SUPERSEDED_AT).isNull())
                    .groupBy(bin.cast("int"))
                    .count()
                    .orderBy(col("count").desc())
                    .collectAsList())
        .orElse(List.of())
        .stream()
        .filter(row -> !row.isNullAt(0))
        .map(
            row ->
                new ScoreBin(
                    (double) row.getInt(0) / BINS, (row.getInt(0) + 1.0) / BINS, row.getLong(1)))
        .sorted(Comparator.comparingDouble(ScoreBin::from))
        .toList();
  }

  /** Days whose quality is as the ledger has it, and whose predictions are still in force. */
  private static Set<LocalDate> judged(Ledger ledger, String model, String predictions) {
    return ledger.agreed(ledger.entries(LedgerObjects.quality(model))).entrySet().stream()
        .filter(
            day ->
                ledger
                    .entry(predictions, day.getKey())
                    .filter(entry -> entry.status() == Status.WITHDRAWN)
                    .filter(entry -> entry.sequence() > day.getValue().sequence())
                    .isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Empty if the version came without them, or nothing has fetched them. */
  private static List<FeatureImportance> importance(ModelCache cache, ModelVersion version) {
    return cache
        .kept(version, ModelFiles.IMPORTANCES)
        .map(GatherReport::importance)
        .orElse(List.of());
  }

  private static List<FeatureImportance> importance(Path file) {
    try {
      Map<String, Double> shares =
          Json.MAPPER.readValue(
              Files.readAllBytes(file), new TypeReference<Map<String, Double>>() {});
      return shares.entrySet().stream()
          .map(share -> new FeatureImportance(share.getKey(), share.getValue()))
          .toList();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + Causes.words(e), e);
    }
  }

  private static Step step(RunsTable.Entry run) {
    return new Step(run.verb(), run.rowsIn(), run.rowsOut(), run.seconds());
  }
}
