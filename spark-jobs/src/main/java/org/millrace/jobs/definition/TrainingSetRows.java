package org.millrace.jobs.definition;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.LabelColumns;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.asof.AsOfJoin;
import org.millrace.features.asof.AsOfView;
import org.millrace.features.lake.Lake;
import org.millrace.features.window.EventWindows;
import org.millrace.features.window.WindowAggregates;
import org.millrace.jobs.spine.LabelJoin;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.planning.Recipes;

/**
 * The rows of a day as a training set has them: those of the spine with their label and the
 * features of all views as of each row, by the same joins, from the files as they are now. Driver
 * only; rows are lazy, but for a Spark job an object.
 */
public final class TrainingSetRows {
  private final Lake lake;
  private final Pipeline pipeline;
  private final DefinedRows defined;
  private final SourceSpans spans;

  /**
   * Prepares the rows of a pipeline.
   *
   * @param model its name
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if there is none
   */
  public TrainingSetRows(Lake lake, Definitions definitions, String model) {
    this.lake = requireNonNull(lake, "lake is null");
    Definitions.named(definitions.training(), "training", model);
    this.pipeline = Pipeline.of(definitions, model);
    this.defined = new DefinedRows(lake, definitions);
    this.spans = new SourceSpans(lake, definitions);
  }

  /** The pipeline. */
  public Pipeline pipeline() {
    return pipeline;
  }

  /**
   * The rows: id, day, {@code as_of}, the label and when it is known, other columns of the spine,
   * features. Rows without a label are among them, with nulls.
   */
  public Dataset<Row> rows(LocalDate day) {
    Dataset<Row> rows = labelled(defined.spine(pipeline.spine(), DayRange.of(day)), day);
    return withFeatures(rows.select(first(pipeline.spine())), day);
  }

  /**
   * Rows of the spine with the features of all views as of each row.
   *
   * @param spine rows of one day, with the columns of its SQL
   */
  public Dataset<Row> withFeatures(Dataset<Row> spine, LocalDate day) {
    Dataset<Row> rows = spine;
    List<FeatureViewDefinition> views = pipeline.views();
    if (views.stream().anyMatch(view -> !view.isWindowed())) {
      AsOfJoin join = AsOfJoin.spine(rows, SpineFeatures.AS_OF);
      for (FeatureViewDefinition view : views) {
        join = view.isWindowed() ? join : join.with(AsOfView.of(view, facts(view, day)));
      }

      rows = join.apply();
    }

    if (views.stream().anyMatch(FeatureViewDefinition::isWindowed)) {
      WindowAggregates windows = WindowAggregates.spine(rows, SpineFeatures.AS_OF);
      for (FeatureViewDefinition view : views) {
        windows =
            view.isWindowed() ? windows.over(EventWindows.of(view, facts(view, day))) : windows;
      }

      rows = windows.apply();
    }

    return rows;
  }

  /** From which day on rows of a view are looked for, for rows of a spine's day. */
  public LocalDate since(FeatureViewDefinition view, LocalDate day) {
    LocalDate begun = pipeline.training().days().from();
    LocalDate first = begun.isBefore(day) ? begun : day;
    return view.reach().isEmpty()
        ? first
        : new Recipes(pipeline, pipeline.views()).visible(view, DayRange.of(day), 0).from();
  }

  private Dataset<Row> facts(FeatureViewDefinition view, LocalDate day) {
    return defined.view(view, new DayRange(since(view, day), day));
  }

  private Dataset<Row> labelled(Dataset<Row> rows, LocalDate day) {
    if (pipeline.label().isEmpty()) {
      return rows;
    }

    LabelDefinition label = pipeline.label().get();
    LabelColumns columns = label.columns();
    if (whyUnknown(day).isPresent()) {
      return rows.withColumn(columns.label(), lit(null).cast(DataTypes.IntegerType))
          .withColumn(columns.knownAt(), lit(null).cast(DataTypes.TimestampType));
    }

    SpineDefinition spine = pipeline.spine();
    LabelJoin join = new LabelJoin(label, spine.day(), spine.id(), lake.dayZone());
    Dataset<Row> labels = defined.label(label, new DayRange(day, known(label, day)));
    join.requireSound(labels);
    return join.join(rows, labels);
  }

  /** Why the labels of a day are unknown yet, in a sentence; empty if they are known for good. */
  public Optional<String> whyUnknown(LocalDate day) {
    return pipeline.label().flatMap(label -> whyUnknown(label, day));
  }

  private Optional<String> whyUnknown(LabelDefinition label, LocalDate day) {
    for (String table : label.reads()) {
      Optional<DayRange> span = spans.of(table);
      if (span.filter(days -> days.to().isBefore(known(label, day))).isPresent()) {
        return Optional.of(
            "Labels of %s are known for good after %s, and %s has rows until %s: no label is shown."
                .formatted(day, known(label, day), table, span.get().to()));
      }

      if (label.absent().isPresent() && span.filter(days -> days.from().isAfter(day)).isPresent()) {
        return Optional.of(
            "%s begins on %s: for which rows of %s no label came is unknown, and none is shown."
                .formatted(table, span.get().from(), day));
      }
    }

    return Optional.empty();
  }

  private static LocalDate known(LabelDefinition label, LocalDate day) {
    return day.plusDays(label.horizonDays());
  }

  private Column[] first(SpineDefinition spine) {
    LabelColumns label = pipeline.labelColumns();
    Set<String> names = new LinkedHashSet<>(spine.id());
    names.addAll(List.of(spine.day(), SpineFeatures.AS_OF, label.label(), label.knownAt()));
    names.addAll(spine.columns());
    return names.stream().map(name -> col(name)).toArray(Column[]::new);
  }
}
