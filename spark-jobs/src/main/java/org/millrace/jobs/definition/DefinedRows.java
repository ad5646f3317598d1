package org.millrace.jobs.definition;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.greatest;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.features.nights.NightlyRows;
import org.millrace.features.nights.NightlySql;
import org.millrace.jobs.spine.LocalTimes;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.FeatureTableColumns;

/**
 * The rows that views, spines and labels have of some days, from the files as they are now: what a
 * run would make, without a table. Driver only; rows are lazy, but for a Spark job that shows that
 * no night would lose one.
 */
public final class DefinedRows {
  private final Lake lake;
  private final SourceTables sources;

  /** Of the lake, its session and its day zone are used. */
  public DefinedRows(Lake lake, Definitions definitions) {
    this.lake = requireNonNull(lake, "lake is null");
    this.sources = new SourceTables(lake, definitions);
  }

  /**
   * The rows of a view that are usable from one of the days on, with the columns of its table.
   *
   * @throws org.millrace.contracts.MillraceException DEFINITION if its SQL cannot be analysed;
   *     DATA_CONTRACT if a night would not find a row; INPUT_MISSING if files are not there
   */
  public Dataset<Row> view(FeatureViewDefinition view, DayRange days) {
    Column usable =
        greatest(col(FeatureTableColumns.EVENT_TIMESTAMP), col(FeatureTableColumns.KNOWN_AT));
    String what = "view " + view.name();
    NightlyRows rows =
        nights(what, view.sql().text(), view.reads(), view.lookBackDays(), days)
            .rows(days, dayOf(usable));
    rows.reach().require(view.table() + " of " + shown(days), what);
    return rows.kept()
        .withColumn(FeatureTableColumns.KNOWN_DATE, col(NightlyRows.DAY))
        .select(FeatureTableColumns.of(view, rows.kept().schema()));
  }

  /** The rows of a spine of some days, with the columns of its SQL; throws as {@link #view}. */
  public Dataset<Row> spine(SpineDefinition spine, DayRange days) {
    String what = "spine " + spine.name();
    NightlyRows rows =
        nights(what, spine.sql().text(), spine.reads(), spine.lookBackDays(), days)
            .rows(days, col(spine.day()));
    rows.reach().requireAll(what + " of " + shown(days), what);
    return LocalTimes.asInstants(rows.kept().drop(NightlyRows.DAY), SpineFeatures.times(spine));
  }

  /** The rows of a label that became known on some days; throws as {@link #view}. */
  public Dataset<Row> label(LabelDefinition label, DayRange days) {
    String what = "label " + label.name();
    NightlyRows rows =
        nights(what, label.sql().text(), label.reads(), label.lookBackDays(), days)
            .rows(days, dayOf(col(FeatureTableColumns.KNOWN_AT)));
    rows.reach().requireAll(what + " of " + shown(days), what);
    return LocalTimes.asInstants(
        rows.kept().drop(NightlyRows.DAY), List.of(FeatureTableColumns.KNOWN_AT));
  }

  private NightlySql nights(
      String what, String sql, List<String> reads, int lookBackDays, DayRange days) {
    return new NightlySql(
        lake, what, sql, sources.inputs(reads, days.startingEarlier(lookBackDays)), lookBackDays);
  }

  private Column dayOf(Column time) {
    return from_utc_timestamp(time, lake.dayZone().getId()).cast("date");
  }

  private static String shown(DayRange days) {
    return days.size() == 1 ? days.from().toString() : days.toString();
  }
}
