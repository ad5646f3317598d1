package org.millrace.jobs.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.definition.DefinedRows;

/**
 * {@code millrace check --rows}: reads the rows of the newest days, and finds what a run would
 * refuse and what is worth a look: windows shorter than the delay of their events, columns that are
 * nearly always null, labels that come too early or too late, rules that the rows break. Driver
 * only; a few Spark jobs an object.
 */
final class RowNotes {
  private final Lake lake;
  private final Definitions definitions;
  private final DefinitionLines lines;
  private final DefinedRows rows;
  private final LastDays days;
  private final List<Finding> notes = new ArrayList<>();
  private final List<Finding> errors = new ArrayList<>();

  /**
   * Nothing is read yet.
   *
   * @param lastDays how many days are read, at least 1
   */
  RowNotes(Lake lake, Definitions definitions, DefinitionLines lines, int lastDays) {
    this.lake = lake;
    this.definitions = definitions;
    this.lines = lines;
    this.rows = new DefinedRows(lake, definitions);
    this.days = new LastDays(lake, definitions, lastDays);
  }

  /** Reads the rows of all views, and of the spines and labels of all pipelines. */
  RowNotes look() {
    for (FeatureViewDefinition view : definitions.views().values()) {
      guarded("features", view.name(), () -> look(view));
    }

    for (String model : definitions.training().keySet()) {
      Pipeline pipeline = Pipeline.of(definitions, model);
      guarded("spines", pipeline.spine().name(), () -> look(pipeline));
    }

    return this;
  }

  /** What is worth a look. */
  List<Finding> notes() {
    return List.copyOf(notes);
  }

  /** What a run would refuse. */
  List<Finding> errors() {
    return List.copyOf(errors);
  }

  private void look(FeatureViewDefinition view) {
    Optional<DayRange> read = days.of(view.reads()).or(this::allDays);
    read.ifPresent(
        range -> notes.addAll(new ViewNotes(lines, view, range).look(rows.view(view, range))));
  }

  /** Of views over tables without days: from the first trained day to the last judged one. */
  private Optional<DayRange> allDays() {
    return definitions.training().keySet().stream()
        .map(model -> Pipeline.of(definitions, model))
        .map(
            pipeline ->
                new DayRange(pipeline.training().days().from(), pipeline.gate().days().to()))
        .min(Comparator.comparing(DayRange::from));
  }

  private void look(Pipeline pipeline) {
    Optional<DayRange> asked = days.of(pipeline.spine().reads());
    SpineNotes spine = new SpineNotes(lines, pipeline);
    asked.ifPresent(range -> notes.addAll(spine.look(rows.spine(pipeline.spine(), range), range)));
    LabelNotes label = new LabelNotes(lake.dayZone(), lines, pipeline);
    if (pipeline.label().isEmpty()) {
      asked.ifPresent(
          range -> notes.addAll(label.look(rows.spine(pipeline.spine(), range), range)));
      return;
    }

    LabelDefinition of = pipeline.label().get();
    days.of(of.reads())
        .ifPresent(
            came -> {
              DayRange since = came.startingEarlier(2 * of.horizonDays() + came.size());
              notes.addAll(
                  label.look(rows.spine(pipeline.spine(), since), rows.label(of, came), came));
            });
  }

  /** What a run would refuse is one error, and the others are looked at all the same. */
  private void guarded(String room, String name, Runnable look) {
    try {
      look.run();
    } catch (MillraceException e) {
      errors.add(new Finding(lines.of(room, name, "sql"), String.valueOf(e.getMessage())));
    }
  }
}
