package org.millrace.jobs.spine;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.asof.AsOfView;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.nights.NightlyRows;
import org.millrace.features.nights.NightlySql;
import org.millrace.features.spark.ColumnNames;
import org.millrace.jobs.room.JobContext;

/**
 * Joins what came true to the rows of a spine, from pinned tables; the rule stands in {@link
 * LabelJoin}.
 *
 * <p>Placement: driver only. What it returns is lazy.
 */
public final class SpineLabels {
  private final JobContext context;
  private final LabelDefinition label;
  private final String day;
  private final LabelJoin join;

  /**
   * Prepares a label.
   *
   * @param spine whose rows get it
   */
  public SpineLabels(JobContext context, LabelDefinition label, SpineDefinition spine) {
    this.context = requireNonNull(context, "context is null");
    this.label = requireNonNull(label, "label is null");
    this.day = spine.day();
    this.join = new LabelJoin(label, day, spine.id(), context.lake().dayZone());
  }

  /**
   * The same pins, and those of the tables that the label reads.
   *
   * @param days of the spine's rows
   * @throws MillraceException of category INPUT_MISSING if nothing is known of the first of these
   *     days, so that an absent label would mean nothing
   */
  public Pins pin(Pins pins, DayRange days) {
    if (label.absent().isPresent()) {
      label.reads().forEach(table -> requireBegun(table, days.from()));
    }

    Map<String, TableVersion> tables = new LinkedHashMap<>(pins.tables());
    label.reads().forEach(table -> tables.computeIfAbsent(table, of -> context.pin(of, "ingest")));
    return new Pins(tables, pins.olderDays());
  }

  private void requireBegun(String table, LocalDate from) {
    SourceDefinition source = context.pipeline().source(table);
    NavigableMap<LocalDate, LedgerEntry> made = context.ledger().entries(table);
    boolean hasBegun =
        source.day().isEmpty()
            || (!made.isEmpty()
                && (!made.firstKey().isAfter(from)
                    || source
                        .start()
                        .filter(start -> !made.firstKey().isAfter(start))
                        .isPresent()));
    if (!hasBegun) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot join label %s to rows of %s: %s has %s, so that it is unknown for which of them no label came; ingest its days from %s on, or give its source a 'start'"
              .formatted(
                  label.name(),
                  from,
                  table,
                  made.isEmpty() ? "no day" : "no day before " + made.firstKey(),
                  from));
    }
  }

  /**
   * The rows, each once, with the label and when it was known; both are null for a row that has no
   * label at the end of its horizon. Runs a Spark job over the labels.
   *
   * @param rows of the spine
   * @param days of these rows
   * @throws MillraceException of category DATA_CONTRACT if a label is not such as its definition
   *     says, has no key or no time, or differs from another one with the same keys and time
   */
  public Dataset<Row> join(Dataset<Row> rows, DayRange days, Pins pins) {
    Dataset<Row> labels = labels(days, pins);
    join.requireSound(labels);
    return join.join(rows, labels);
  }

  /**
   * Rows that have a label, by day; one Spark job, which shows that none was lost or doubled.
   *
   * @param labelled what {@link #join} returned
   * @param asked rows that went into it, by day
   */
  public NavigableMap<LocalDate, Long> countKnown(
      Dataset<Row> labelled, NavigableMap<LocalDate, Long> asked) {
    NavigableMap<LocalDate, Long> all = new TreeMap<>();
    NavigableMap<LocalDate, Long> known = new TreeMap<>();
    Dataset<Row> byDay =
        labelled
            .groupBy(ColumnNames.column(day))
            .agg(count(lit(1)), count(ColumnNames.column(label.name())));
    for (Row row : byDay.collectAsList()) {
      all.put(row.getLocalDate(0), row.getLong(1));
      if (row.getLong(2) > 0) {
        known.put(row.getLocalDate(0), row.getLong(2));
      }
    }

    if (!all.equals(asked)) {
      throw new IllegalStateException(
          "Label %s was joined to %s rows and gave %s".formatted(label.name(), asked, all));
    }

    return known;
  }

  /** The rows of {@link #join} that have a label. */
  public Dataset<Row> known(Dataset<Row> labelled) {
    return labelled.where(ColumnNames.column(label.name()).isNotNull());
  }

  private Dataset<Row> labels(DayRange days, Pins pins) {
    DayRange known = new DayRange(days.from(), days.to().plusDays(label.horizonDays()));
    Map<String, NightlySql.Input> inputs = new LinkedHashMap<>();
    for (String table : label.reads()) {
      SourceDefinition source = context.pipeline().source(table);
      inputs.put(
          DefinitionSql.shortName(table),
          new NightlySql.Input(context.lake().read(pins.of(table)), source.day()));
    }

    String what = "label " + label.name();
    NightlyRows rows =
        new NightlySql(context.lake(), what, label.sql().text(), inputs, label.lookBackDays())
            .rows(known, knownDay());
    rows.reach().requireAll(what + " of " + days, what);
    return LocalTimes.asInstants(rows.kept(), List.of(AsOfView.KNOWN_AT));
  }

  private Column knownDay() {
    return from_utc_timestamp(col(AsOfView.KNOWN_AT), context.lake().dayZone().getId())
        .cast(DataTypes.DateType);
  }
}
