package org.millrace.jobs.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.features.source.KnownDays;
import org.millrace.jobs.definition.DefinedRows;
import org.millrace.jobs.definition.SourceSpans;
import org.millrace.jobs.definition.SourceTables;
import org.millrace.jobs.source.RawTableRules;
import org.millrace.jobs.source.SourceFacts;

/**
 * {@code millrace check --rows}: reads the rows of the newest days, and finds what a run would
 * refuse and what is worth a look: keys twice, windows shorter than the delay of their events,
 * columns that are nearly always null, features that rows of the spine never find, labels that come
 * too early or too late, rules that the rows break. Driver only; a few Spark jobs an object.
 */
final class RowNotes {
  private final Lake lake;
  private final Definitions definitions;
  private final DefinitionLines lines;
  private final DefinedRows rows;
  private final SourceTables sources;
  private final SourceSpans spans;
  private final int lastDays;
  private final List<Finding> notes = new ArrayList<>();
  private final List<Finding> errors = new ArrayList<>();
  private final Set<String> failed = new HashSet<>();

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
    this.sources = new SourceTables(lake, definitions);
    this.spans = new SourceSpans(lake, definitions);
    this.lastDays = lastDays;
  }

  /** Reads the rows of all views, and of the spines and labels of all pipelines. */
  RowNotes look() {
    for (SourceDefinition source : definitions.sources().values()) {
      guarded("sources", source.table(), () -> look(source));
    }

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

  /** By the rules that stop a night. */
  private void look(SourceDefinition source) {
    Optional<DayRange> newest = spans.newest(List.of(source.table()), lastDays);
    Dataset<Row> read = sources.undatedToo(source.table(), newest.or(this::allDays));
    SourceFacts facts = SourceFacts.of(read, source.day(), source.rules().keys());
    RawTableRules rules = new RawTableRules(source);
    rules.requireDays(facts);
    if (source.day().isEmpty()) { // all its rows are judged together
      rules.judge(
          new TreeMap<>(Map.of(KnownDays.WHOLE, facts.of(KnownDays.WHOLE))), new TreeMap<>());
    } else if (newest.isEmpty()) {
      notes.add(new Finding(lines.of("sources", source.table(), "inputs"), "has no row"));
    } else {
      rules.judge(facts.days(), new TreeMap<>());
    }
  }

  private void look(FeatureViewDefinition view) {
    newest(view.reads())
        .ifPresent(
            range ->
                notes.addAll(
                    new ViewNotes(lines, view, range, lastDays).look(rows.view(view, range))));
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

  /** The newest days of tables; of those without days all days that models are about. */
  private Optional<DayRange> newest(List<String> tables) {
    return spans.newest(tables, lastDays).or(this::allDays);
  }

  private void look(Pipeline pipeline) {
    Optional<DayRange> asked = newest(pipeline.spine().reads());
    LabelNotes label = new LabelNotes(lake.dayZone(), lines, pipeline);
    asked.ifPresent(
        range -> {
          Dataset<Row> spine =
              rows.spine(pipeline.spine(), range).persist(StorageLevel.MEMORY_AND_DISK());
          try {
            notes.addAll(new SpineNotes(lines, pipeline).look(spine, range));
            if (pipeline.views().stream().noneMatch(view -> failed.contains(view.name()))) {
              guarded(
                  "training",
                  pipeline.name(),
                  () ->
                      notes.addAll(
                          new FeatureNotes(lake, definitions, lines, pipeline).look(spine)));
            }

            if (pipeline.label().isEmpty()) {
              notes.addAll(label.look(spine, range));
            }
          } finally {
            spine.unpersist();
          }
        });
    pipeline
        .label()
        .flatMap(of -> newest(of.reads()))
        .ifPresent(came -> look(pipeline, label, came));
  }

  /** Labels that came on some days, beside the rows that they may be about. */
  private void look(Pipeline pipeline, LabelNotes label, DayRange came) {
    LabelDefinition of = pipeline.label().orElseThrow();
    DayRange since = came.startingEarlier(2 * of.horizonDays() + came.size());
    notes.addAll(label.look(rows.spine(pipeline.spine(), since), rows.label(of, came), came));
  }

  /** What a run would refuse is one error, and the others are looked at all the same. */
  private void guarded(String room, String name, Runnable look) {
    try {
      look.run();
    } catch (Exception e) { // of any kind: what Scala throws is not declared
      errors.add(Finding.of(lines.of(room, name, room.equals("training") ? "views" : "sql"), e));
      failed.add(name);
    }
  }
}
