package org.millrace.jobs.preview;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.greatest;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.features.nights.NightlyRows;
import org.millrace.features.nights.NightlySql;
import org.millrace.jobs.definition.PreviewRequest;
import org.millrace.jobs.definition.SourceTables;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.FeatureTableColumns;

/**
 * {@code millrace preview}: what a source, a view, a spine or a label yields for a day, from the
 * files as they are now. Driver only; writes nothing.
 */
public final class PreviewRows {
  private static final int WIDTH = 40;

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
    out.print(rows.showString(request.rows(), WIDTH, false));
    String sentence =
        "%s has %,d rows of %s%s"
            .formatted(
                what,
                all,
                request.day(),
                all > request.rows() ? ", of which these are " + request.rows() : "");
    out.println(sentence);
    out.println("Times are in UTC.");
    out.flush();
    return result(sentence, Map.of("rows_out", all), start);
  }

  private Dataset<Row> rows() {
    return switch (request.kind()) {
      case SOURCE -> source(Definitions.named(definitions.sources(), "source", request.name()));
      case VIEW -> view(Definitions.named(definitions.views(), "view", request.name()));
      case SPINE -> spine(Definitions.named(definitions.spines(), "spine", request.name()));
      case LABEL -> label(Definitions.named(definitions.labels(), "label", request.name()));
    };
  }

  private Dataset<Row> source(SourceDefinition source) {
    return new SourceTables(lake, definitions).rows(source.table(), day());
  }

  /** As the table would hold them. */
  private Dataset<Row> view(FeatureViewDefinition view) {
    Column usable =
        greatest(col(FeatureTableColumns.EVENT_TIMESTAMP), col(FeatureTableColumns.KNOWN_AT));
    Column known = from_utc_timestamp(usable, lake.dayZone().getId()).cast("date");
    String what = "view " + view.name();
    NightlyRows rows =
        nights(what, view.sql().text(), view.reads(), view.lookBackDays()).rows(day(), known);
    rows.reach().require(view.table() + " of " + request.day(), what);
    return rows.kept()
        .withColumn(FeatureTableColumns.KNOWN_DATE, col(NightlyRows.DAY))
        .select(FeatureTableColumns.of(view, rows.kept().schema()));
  }

  private Dataset<Row> spine(SpineDefinition spine) {
    String what = "spine " + spine.name();
    NightlyRows rows =
        nights(what, spine.sql().text(), spine.reads(), spine.lookBackDays())
            .rows(day(), col(spine.day()));
    rows.reach().requireAll(what + " of " + request.day(), what);
    return rows.kept().drop(NightlyRows.DAY);
  }

  /** Those that became known on the day. */
  private Dataset<Row> label(LabelDefinition label) {
    Column known =
        from_utc_timestamp(col(FeatureTableColumns.KNOWN_AT), lake.dayZone().getId()).cast("date");
    String what = "label " + label.name();
    NightlyRows rows =
        nights(what, label.sql().text(), label.reads(), label.lookBackDays()).rows(day(), known);
    rows.reach().requireAll(what + " of " + request.day(), what);
    return rows.kept().drop(NightlyRows.DAY);
  }

  private NightlySql nights(String what, String sql, List<String> reads, int lookBackDays) {
    SourceTables sources = new SourceTables(lake, definitions);
    return new NightlySql(
        lake, what, sql, sources.inputs(reads, day().startingEarlier(lookBackDays)), lookBackDays);
  }

  private DayRange day() {
    return DayRange.of(request.day());
  }

  /** The SQL with its bounds. */
  private String explained() {
    String sql =
        switch (request.kind()) {
          case SOURCE ->
              Definitions.named(definitions.sources(), "source", request.name()).sql().text();
          case VIEW -> Definitions.named(definitions.views(), "view", request.name()).sql().text();
          case SPINE ->
              Definitions.named(definitions.spines(), "spine", request.name()).sql().text();
          case LABEL ->
              Definitions.named(definitions.labels(), "label", request.name()).sql().text();
        };
    return sql.strip()
        .replaceAll(":from\\b", "TIMESTAMP '" + lake.startOf(request.day()) + "'")
        .replaceAll(":to\\b", "TIMESTAMP '" + lake.endOf(day()) + "'");
  }

  private static JobResult result(String sentence, Map<String, Long> counts, long start) {
    return JobResult.done(
        "preview", sentence, new LinkedHashMap<>(counts), Map.of(), JobContext.secondsSince(start));
  }
}
