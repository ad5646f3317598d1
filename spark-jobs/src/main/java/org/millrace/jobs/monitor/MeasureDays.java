package org.millrace.jobs.monitor;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.MonitoringDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lake.Lake;
import org.millrace.features.spark.ColumnNames;
import org.millrace.jobs.evaluate.Evaluator;
import org.millrace.jobs.evaluate.FeatureBins;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.evaluate.MeasureDrift;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.PredictionColumns;
import scala.collection.JavaConverters;

/** Measures quality and drift of a run of days. Driver only; a few Spark jobs. */
final class MeasureDays {
  private final JobContext context;
  private final SpineFeatures features;
  private final MonitoringTables tables;

  /**
   * Prepares to measure.
   *
   * @param features how the rows were joined
   * @param tables where counts of earlier days are
   */
  MeasureDays(JobContext context, SpineFeatures features, MonitoringTables tables) {
    this.context = requireNonNull(context, "context is null");
    this.features = requireNonNull(features, "features is null");
    this.tables = requireNonNull(tables, "tables is null");
  }

  /**
   * Measures a run of days.
   *
   * @param joined rows of the spine with their labels and, if the version has a profile, features
   * @param model whose predictions are judged
   */
  Measured measure(
      Dataset<Row> joined, MonitoredModel model, TableVersion predictions, DayRange days) {
    SpineDefinition spine = features.definition();
    String label = context.pipeline().labelColumns().label();
    Dataset<Row> known =
        context.pipeline().label().isPresent()
            ? joined.where(ColumnNames.column(label).isNotNull())
            : joined;
    // a column of the spine may have the name of the score
    Dataset<Row> answers =
        known.select(
            Stream.concat(spine.id().stream(), Stream.of(spine.day(), label))
                .distinct()
                .map(ColumnNames::column)
                .toArray(Column[]::new));
    Dataset<Row> judged = judged(answers, predictions, days);
    TrainingDefinition training = context.pipeline().training();
    Evaluator evaluator = Evaluator.of(training.task(), training.classes());
    String answer = PredictionColumns.evaluated(training.task());
    // labels that never came are no error; that a spine's own are gone is one
    boolean isKnown = context.pipeline().label().isEmpty() || !judged.isEmpty();
    return new Measured(
        model.version(),
        predictions,
        isKnown ? Optional.of(evaluator.evaluate(judged, label, answer)) : Optional.empty(),
        isKnown ? evaluator.evaluateByDay(judged, spine.day(), label, answer) : Map.of(),
        model
            .profile()
            .map(profile -> drift(model.version(), profile, joined, days))
            .orElse(Map.of()));
  }

  private Map<LocalDate, DayDrift> drift(
      ModelVersion version, FeatureProfile whole, Dataset<Row> joined, DayRange days) {
    MonitoringDefinition monitoring = context.pipeline().monitoring();
    FeatureProfile profile = whole.without(monitoring.driftWithout());
    DriftWindows windows = new DriftWindows(profile, monitoring.driftDays());
    LocalDate first = windows.first(days.from());
    return windows.compare(
        MeasureDrift.countByDay(profile, joined, features.definition().day()),
        first.isBefore(days.from())
            ? inForce(
                tables.counts(version, profile, new DayRange(first, days.from().minusDays(1))))
            : Map.of());
  }

  /** Without days whose predictions were taken back since. */
  private Map<LocalDate, Map<String, FeatureBins>> inForce(
      Map<LocalDate, Map<String, FeatureBins>> counts) {
    String predictions = context.pipeline().scoring().predictions();
    counts
        .keySet()
        .removeIf(
            day ->
                context.ledger().entry(predictions, day).filter(LedgerEntry::isReadable).isEmpty());
    return counts;
  }

  private Dataset<Row> judged(Dataset<Row> joined, TableVersion predictions, DayRange days) {
    List<String> id = features.definition().id();
    Dataset<Row> inForce =
        context
            .lake()
            .read(predictions)
            .where(Lake.inDays(features.definition().day(), days))
            .where(col(PredictionColumns.SUPERSEDED_AT).isNull());
    List<String> columns = new ArrayList<>(id);
    columns.add(PredictionColumns.evaluated(context.pipeline().training().task()));
    Dataset<Row> scores =
        inForce.select(columns.stream().map(functions::col).toArray(Column[]::new));
    return joined.join(scores, JavaConverters.asScalaBuffer(id).toSeq(), "inner");
  }
}
