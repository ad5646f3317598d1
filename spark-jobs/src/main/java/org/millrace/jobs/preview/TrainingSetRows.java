package org.millrace.jobs.preview;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.LabelColumns;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.asof.AsOfJoin;
import org.millrace.features.asof.AsOfView;
import org.millrace.features.lake.Lake;
import org.millrace.features.window.EventWindows;
import org.millrace.features.window.WindowAggregates;
import org.millrace.jobs.definition.DefinedRows;
import org.millrace.jobs.spine.LabelJoin;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.planning.Recipes;

/**
 * The rows of a day as a training set has them: those of the spine with their label and the
 * features of all views as of each row, by the same joins, from the files as they are now. Driver
 * only; rows are lazy, but for a Spark job an object.
 */
final class TrainingSetRows {
  private final Lake lake;
  private final Pipeline pipeline;
  private final DefinedRows defined;

  /**
   * Prepares the rows of a pipeline.
   *
   * @param model its name
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if there is none
   */
  TrainingSetRows(Lake lake, Definitions definitions, String model) {
    this.lake = requireNonNull(lake, "lake is null");
    Definitions.named(definitions.training(), "training", model);
    this.pipeline = Pipeline.of(definitions, model);
    this.defined = new DefinedRows(lake, definitions);
  }

  /** The pipeline. */
  Pipeline pipeline() {
    return pipeline;
  }

  /**
   * The rows: id, day, {@code as_of}, the label and when it is known, other columns of the spine,
   * features. Rows without a label are among them, with nulls.
   */
  Dataset<Row> rows(LocalDate day) {
    Dataset<Row> rows = labelled(defined.spine(pipeline.spine(), DayRange.of(day)), day);
    rows = rows.select(first(pipeline.spine()));
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
  LocalDate since(FeatureViewDefinition view, LocalDate day) {
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
    SpineDefinition spine = pipeline.spine();
    return pipeline
        .label()
        .map(
            label ->
                new LabelJoin(label, spine.day(), spine.id(), lake.dayZone())
                    .join(
                        rows,
                        defined.label(label, new DayRange(day, day.plusDays(label.horizonDays())))))
        .orElse(rows);
  }

  private Column[] first(SpineDefinition spine) {
    LabelColumns label = pipeline.labelColumns();
    Set<String> names = new LinkedHashSet<>(spine.id());
    names.addAll(List.of(spine.day(), SpineFeatures.AS_OF, label.label(), label.knownAt()));
    names.addAll(spine.columns());
    return names.stream().map(name -> col(name)).toArray(Column[]::new);
  }
}
