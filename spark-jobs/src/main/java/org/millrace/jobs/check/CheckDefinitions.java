package org.millrace.jobs.check;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.input.SourceRows;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.room.JobContext;

/**
 * {@code millrace check --data}: analyses all SQL of the definitions against the schemas that the
 * files have, and holds keys, times, types and rules against what it yields. All errors are found
 * at once; reads footers and headers and no rows, but for JSON, whose columns are in its rows; with
 * {@code --rows} those of the last days too.
 *
 * <p>Placement: driver only. Writes nothing.
 */
public final class CheckDefinitions {
  /** Any: no rows are read, and SQL means the same for all days. */
  private static final DayRange A_DAY = DayRange.of(LocalDate.EPOCH);

  private final Lake lake;
  private final Definitions definitions;
  private final DefinitionLines lines;
  private final PrintStream out;
  private final int lastDays;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, StructType> sources = new HashMap<>();
  private final Map<String, StructType> spines = new HashMap<>();
  private final Map<String, StructType> labels = new HashMap<>();

  /**
   * Prepares to look.
   *
   * @param lake its session and its day zone are used
   * @param out where errors and notes are printed, a line each
   * @param lastDays of how many days the rows are read too; 0 for no rows
   */
  public CheckDefinitions(
      Lake lake, Definitions definitions, DefinitionLines lines, PrintStream out, int lastDays) {
    this.lake = requireNonNull(lake, "lake is null");
    this.definitions = requireNonNull(definitions, "definitions is null");
    this.lines = requireNonNull(lines, "lines is null");
    this.out = requireNonNull(out, "out is null");
    this.lastDays = lastDays;
  }

  /**
   * Looks at all definitions.
   *
   * @return done; or failed with every error and its place, and DEFINITION if a definition is
   *     wrong, otherwise the category of the worst that is wrong with its files
   */
  public JobResult check() {
    long start = System.nanoTime();
    definitions.sources().forEach((name, source) -> guarded("sources", name, () -> check(source)));
    definitions.views().forEach((name, view) -> guarded("features", name, () -> check(view)));
    definitions.spines().forEach((name, spine) -> guarded("spines", name, () -> check(spine)));
    definitions.labels().forEach((name, label) -> guarded("labels", name, () -> check(label)));
    definitions
        .training()
        .forEach((name, training) -> guarded("training", name, () -> check(training)));
    List<Finding> notes = findings.isEmpty() && lastDays > 0 ? notes() : List.of();
    double seconds = JobContext.secondsSince(start);
    findings.forEach(out::println);
    notes.forEach(note -> out.println("note: " + note));
    out.flush();
    if (!findings.isEmpty()) {
      return JobResult.failed(
          "check",
          Finding.category(findings),
          "Cannot use the definitions: %d error%s\n  %s"
              .formatted(
                  findings.size(),
                  findings.size() == 1 ? "" : "s",
                  String.join("\n  ", findings.stream().map(Finding::toString).toList())),
          seconds);
    }

    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("sources", (long) definitions.sources().size());
    counts.put("views", (long) definitions.views().size());
    counts.put("spines", (long) definitions.spines().size());
    counts.put("labels", (long) definitions.labels().size());
    counts.put("models", (long) definitions.training().size());
    counts.put("notes", (long) notes.size());
    String noted =
        notes.isEmpty() ? "" : "; %d note%s".formatted(notes.size(), notes.size() == 1 ? "" : "s");
    return JobResult.done(
        "check", "The definitions fit the data" + noted, counts, Map.of(), seconds);
  }

  /** What the rows show; what a run would refuse is a finding. */
  private List<Finding> notes() {
    RowNotes rows = new RowNotes(lake, definitions, lines, lastDays).look();
    findings.addAll(rows.errors());
    return rows.notes();
  }

  /** What cannot be looked at is one finding, and the others are looked at all the same. */
  private void guarded(String room, String name, Runnable check) {
    try {
      check.run();
    } catch (Exception e) { // of any kind: what Scala throws is not declared
      findings.add(Finding.of(lines.of(room, name, "sql"), e));
    }
  }

  private void check(SourceDefinition source) {
    SourceRows rows = new SourceRows(lake, source);
    Optional<StructType> found = schema("sources", source.table(), () -> rows.analysed(A_DAY));
    found.ifPresent(
        schema -> {
          sources.put(source.table(), schema);
          try {
            rows.requireColumns(schema);
          } catch (MillraceException e) {
            findings.add(Finding.of(lines.of("sources", source.table(), "day"), e));
          }
        });
  }

  private void check(FeatureViewDefinition view) {
    Optional<StructType> found =
        schema(
            "features",
            view.name(),
            () -> sql("view", view.name(), view.sql().text(), view.reads()));
    found.ifPresent(
        schema -> findings.addAll(new ViewColumns(lake.spark(), lines, view).check(schema)));
  }

  private void check(SpineDefinition spine) {
    Optional<StructType> found =
        schema(
            "spines",
            spine.name(),
            () -> sql("spine", spine.name(), spine.sql().text(), spine.reads()));
    found.ifPresent(
        schema -> {
          spines.put(spine.name(), schema);
          findings.addAll(new SpineColumns(lines, spine).check(schema));
        });
  }

  private void check(LabelDefinition label) {
    Optional<StructType> found =
        schema(
            "labels",
            label.name(),
            () -> sql("label", label.name(), label.sql().text(), label.reads()));
    found.ifPresent(
        schema -> {
          labels.put(label.name(), schema);
          findings.addAll(new LabelRows(lines, label).check(schema));
        });
  }

  private void check(TrainingDefinition training) {
    StructType spine = spines.get(training.spine());
    if (spine == null) {
      return;
    }

    findings.addAll(new ModelInputs(lines, definitions, training).check(spine));
    training
        .label()
        .flatMap(name -> Optional.ofNullable(labels.get(name)))
        .ifPresent(schema -> findings.addAll(ofLabel(training, schema, spine)));
  }

  private List<Finding> ofLabel(TrainingDefinition training, StructType schema, StructType spine) {
    LabelDefinition label =
        Definitions.named(definitions.labels(), "label", training.label().orElseThrow());
    return new LabelRows(lines, label).check(schema, training.spine(), spine);
  }

  /** Rows of the inputs' schemas, without any; throws where a source could not be analysed. */
  private Dataset<Row> sql(String kind, String name, String sql, List<String> reads) {
    Map<String, Dataset<Row>> inputs = new LinkedHashMap<>();
    for (String table : reads) {
      StructType schema = sources.get(table);
      if (schema == null) {
        throw new SourceUnknown();
      }

      inputs.put(DefinitionSql.shortName(table), lake.spark().createDataFrame(List.of(), schema));
    }

    return new DefinitionSql(lake).rows(kind + " " + name, sql, inputs, A_DAY);
  }

  private Optional<StructType> schema(String room, String name, Supplier<Dataset<Row>> rows) {
    try {
      return Optional.of(rows.get().schema());
    } catch (SourceUnknown e) {
      return Optional.empty(); // what is wrong there was noted
    } catch (Exception e) { // of any kind: what Scala throws is not declared
      findings.add(Finding.of(place(room, name, e), e));
      return Optional.empty();
    }
  }

  private String place(String room, String name, Exception failure) {
    if (failure instanceof MillraceException
        && failure.getCause() instanceof AnalysisException analysis
        && analysis.line().isDefined()) {
      int line = (Integer) analysis.line().get();
      int column =
          analysis.startPosition().isDefined() ? (Integer) analysis.startPosition().get() : 0;
      return lines.ofSql(room, name, line, column);
    }

    boolean isOfFiles =
        failure instanceof MillraceException ours && ours.category() != ErrorCategory.DEFINITION;
    return lines.of(room, name, isOfFiles ? "inputs" : "sql");
  }

  /** A source that could not be analysed: what reads it is not looked at. */
  private static final class SourceUnknown extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
