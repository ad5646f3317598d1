package org.millrace.jobs.preview;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.definition.SqlText;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.definition.DefinedRows;
import org.millrace.jobs.definition.PreviewRequest;
import org.millrace.jobs.definition.SourceTables;
import org.millrace.jobs.definition.TrainingSetRows;
import org.millrace.jobs.room.JobContext;

/**
 * {@code millrace preview}: what a source, a view, a spine, a label or a training set has of a day,
 * from the files as they are now. Driver only; writes nothing.
 */
public final class PreviewRows {
  private static final int WIDTH = 40;

  /** Of more columns, a row is shown as a list: one line a column. */
  private static final int MOST_SIDE_BY_SIDE = 16;

  private final Lake lake;
  private final Definitions definitions;
  private final PreviewRequest request;
  private final PrintStream out;

  /**
   * Prepares to look.
   *
   * @param lake its session and its day zone are used
   * @param out where the rows are printed
   */
  public PreviewRows(Lake lake, Definitions definitions, PreviewRequest request, PrintStream out) {
    this.lake = requireNonNull(lake, "lake is null");
    this.definitions = requireNonNull(definitions, "definitions is null");
    this.request = requireNonNull(request, "request is null");
    this.out = requireNonNull(out, "out is null");
  }

  /**
   * Computes the rows and prints some, or prints the SQL that would be run.
   *
   * @throws org.millrace.contracts.MillraceException DEFINITION where there is no such object, or
   *     its SQL cannot be analysed; INPUT_MISSING and DATA_CONTRACT where files are not there or
   *     cannot be read
   */
  public JobResult preview() {
    long start = System.nanoTime();
    String what = request.kind().word() + " " + request.name();
    if (request.isExplained()) {
      out.println(explained());
      return result("The SQL of " + what + " for " + request.day(), Map.of(), start);
    }

    Dataset<Row> rows = rows();
    long all = rows.count();
    out.print(rows.showString(request.rows(), WIDTH, rows.columns().length > MOST_SIDE_BY_SIDE));
    String sentence =
        "%s has %,d rows%s%s"
            .formatted(
                what,
                all,
                isWhole() ? "" : " of " + request.day(),
                all > request.rows() ? ", of which these are " + request.rows() : "");
    out.println(sentence);
    out.println("Times are in UTC.");
    unknown().ifPresent(out::println);
    out.flush();
    return result(sentence, Map.of("rows_out", all), start);
  }

  private boolean isWhole() {
    return request.kind() == PreviewRequest.Kind.SOURCE
        && Definitions.named(definitions.sources(), "source", request.name()).day().isEmpty();
  }

  private Optional<String> unknown() {
    return request.kind() == PreviewRequest.Kind.TRAINING
        ? new TrainingSetRows(lake, definitions, request.name()).whyUnknown(request.day())
        : Optional.empty();
  }

  private Dataset<Row> rows() {
    DefinedRows rows = new DefinedRows(lake, definitions);
    return switch (request.kind()) {
      case SOURCE -> source(Definitions.named(definitions.sources(), "source", request.name()));
      case VIEW -> rows.view(Definitions.named(definitions.views(), "view", request.name()), day());
      case SPINE ->
          rows.spine(Definitions.named(definitions.spines(), "spine", request.name()), day());
      case LABEL ->
          rows.label(Definitions.named(definitions.labels(), "label", request.name()), day());
      case TRAINING -> new TrainingSetRows(lake, definitions, request.name()).rows(request.day());
    };
  }

  private Dataset<Row> source(SourceDefinition source) {
    return new SourceTables(lake, definitions).rows(source.table(), day());
  }

  private DayRange day() {
    return DayRange.of(request.day());
  }

  /** The SQL with its bounds. */
  private String explained() {
    return switch (request.kind()) {
      case SOURCE ->
          bound(Definitions.named(definitions.sources(), "source", request.name()).sql(), day());
      case VIEW ->
          bound(Definitions.named(definitions.views(), "view", request.name()).sql(), day());
      case SPINE ->
          bound(Definitions.named(definitions.spines(), "spine", request.name()).sql(), day());
      case LABEL ->
          bound(Definitions.named(definitions.labels(), "label", request.name()).sql(), day());
      case TRAINING -> joined(new TrainingSetRows(lake, definitions, request.name()));
    };
  }

  /** The SQL of all that is joined, each with the days whose rows are looked at. */
  private String joined(TrainingSetRows training) {
    Pipeline pipeline = training.pipeline();
    List<String> parts = new ArrayList<>();
    parts.add(part("spine " + pipeline.spine().name() + ",", pipeline.spine().sql(), day()));
    pipeline
        .label()
        .ifPresent(
            label ->
                parts.add(
                    part(
                        "label " + label.name() + ",",
                        label.sql(),
                        new DayRange(request.day(), request.day().plusDays(label.horizonDays())))));
    for (FeatureViewDefinition view : pipeline.views()) {
      DayRange days = new DayRange(training.since(view, request.day()), request.day());
      parts.add(part("view " + view.name() + ", each night of", view.sql(), days));
    }

    return String.join("\n\n", parts);
  }

  private String part(String what, SqlText sql, DayRange days) {
    return "-- %s %s to %s%n%s".formatted(what, days.from(), days.to(), bound(sql, days));
  }

  private String bound(SqlText sql, DayRange days) {
    return sql.text()
        .strip()
        .replaceAll(":from\\b", "TIMESTAMP '" + lake.startOf(days.from()) + "'")
        .replaceAll(":to\\b", "TIMESTAMP '" + lake.endOf(days) + "'");
  }

  private static JobResult result(String sentence, Map<String, Long> counts, long start) {
    return JobResult.done(
        "preview", sentence, new LinkedHashMap<>(counts), Map.of(), JobContext.secondsSince(start));
  }
}
