package org.millrace.jobs.materialize;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.greatest;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.StagedRows;
import org.millrace.jobs.DayCounts;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.tables.FeatureTableColumns;
import org.millrace.jobs.tables.ViewDays;
import org.millrace.jobs.tables.WindowConditions;

/**
 * Computes the rows of each view that became known on the wanted days, and stages them for
 * VALIDATE. Nothing becomes visible here.
 *
 * <p>A range of days is computed in one pass a view.
 *
 * <p>Placement: driver only.
 */
public final class MaterializeFeatures {
  private static final String ROOM = "materialize";

  private final JobContext context;
  private final RunKey runKey;

  /** Prepares the room for some days. */
  public MaterializeFeatures(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  /** Stages the days that are neither visible nor staged already. */
  public JobResult materialize() {
    long start = System.nanoTime();
    Map<String, Long> counts = new LinkedHashMap<>();
    for (FeatureViewDefinition view : context.definitions().views().values()) {
      Optional<ViewDays> undone = ViewDays.undone(context.ledger(), view, runKey.days());
      if (undone.isPresent()
          && StagedRows.find(context.lake(), undone.get().directory(context.lake())).isEmpty()) {
        WindowConditions.check(context.spark(), view);
        long rows = stage(undone.get());
        counts.put(view.table(), rows);
        context.progress().say(ROOM, view.name() + ": " + rows + " rows of " + undone.get().days());
      }
    }

    double seconds = JobContext.secondsSince(start);
    int views = counts.size();
    counts.put("rows_out", counts.values().stream().mapToLong(Long::longValue).sum());
    return views == 0
        ? JobResult.nothingToDo(runKey.toString(), "All views had " + runKey.days(), seconds)
        : JobResult.done(
            runKey.toString(), "Staged " + views + " views", counts, Map.of(), seconds);
  }

  private long stage(ViewDays wanted) {
    List<TableVersion> inputs = new ArrayList<>();
    for (String table : wanted.view().reads()) {
      inputs.add(context.lake().require(table, "ingest"));
    }

    String directory = wanted.directory(context.lake());
    Dataset<Row> rows = rows(wanted, inputs);
    StagedRows.write(
        context.lake(),
        directory,
        DayCounts.oneFileADay(rows, FeatureTableColumns.KNOWN_DATE, wanted.days()));
    Dataset<Row> staged = context.spark().read().parquet(directory);
    NavigableMap<LocalDate, Long> counts =
        DayCounts.of(staged, FeatureTableColumns.KNOWN_DATE, wanted.days());
    StagedRows.Manifest manifest =
        new StagedRows.Manifest(
            wanted.view().table(),
            wanted.days(),
            runKey.toString(),
            wanted.fingerprints(),
            counts,
            inputs,
            Map.of());
    return StagedRows.seal(context.lake(), directory, manifest).manifest().totalRows();
  }

  private Dataset<Row> rows(ViewDays wanted, List<TableVersion> inputs) {
    FeatureViewDefinition view = wanted.view();
    DayRange read = wanted.days().startingEarlier(view.lookBackDays());
    Map<String, Dataset<Row>> tables = new LinkedHashMap<>();
    for (TableVersion input : inputs) {
      Optional<String> day =
          Definitions.named(context.definitions().sources(), "source", input.table()).day();
      Dataset<Row> rows = context.lake().read(input);
      tables.put(
          DefinitionSql.shortName(input.table()),
          day.isPresent() ? rows.where(Lake.inDays(day.get(), read)) : rows);
    }

    Dataset<Row> all =
        new DefinitionSql(context.lake())
            .rows("view " + view.name(), view.sql(), tables, wanted.days());
    // a row counts from the later of the two times: no as-of join may see it before
    Column usable =
        greatest(col(FeatureTableColumns.EVENT_TIMESTAMP), col(FeatureTableColumns.KNOWN_AT));
    Column knownDate = from_utc_timestamp(usable, context.lake().dayZone().getId()).cast("date");
    return all.withColumn(FeatureTableColumns.KNOWN_DATE, knownDate)
        .where(Lake.inDays(FeatureTableColumns.KNOWN_DATE, wanted.days()))
        .select(FeatureTableColumns.of(view));
  }
}
