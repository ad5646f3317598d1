package org.millrace.jobs.validate;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.LedgerEntry;
import org.millrace.features.lake.StagedRows;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.window.DailyPartials;
import org.millrace.features.window.EventWindows;
import org.millrace.jobs.DayCounts;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.tables.ViewDays;

/**
 * Keeps the daily partial aggregates of a view: those of the known days that become visible, one
 * more day costing one day. Driver only.
 */
final class DailyAggregates {
  private final JobContext context;
  private final RunKey runKey;

  DailyAggregates(JobContext context, RunKey runKey) {
    this.context = context;
    this.runKey = runKey;
  }

  /**
   * Replaces the partial aggregates of these days, in one commit, before the events themselves
   * become visible: a reader uses them only where the ledger has both of one fingerprint.
   *
   * @return what the ledger is to say of the days
   */
  List<LedgerEntry> keep(ViewDays wanted, StagedRows staged) {
    FeatureViewDefinition view = wanted.view();
    DayRange days = wanted.days();
    EventWindows events = EventWindows.of(view, staged.rows());
    Dataset<Row> partials = DailyPartials.compute(events, context.lake().dayZone());
    List<TableVersion> inputs = staged.manifest().inputs();
    TableVersion version =
        new TableWriter(
                context.lake(),
                view.dailyTable(),
                "Partial aggregates of whole days: " + view.description(),
                DailyPartials.comments(events),
                Optional.of(DailyPartials.KNOWN_DATE))
            .replaceDays(
                DayCounts.oneFileADay(partials, DailyPartials.KNOWN_DATE, days),
                days,
                context.note(runKey, wanted.fingerprint(), inputs));
    Dataset<Row> written =
        context.lake().read(version).where(Lake.inDays(DailyPartials.KNOWN_DATE, days));
    NavigableMap<LocalDate, Long> counts = DayCounts.of(written, DailyPartials.KNOWN_DATE, days);
    StagedRows.Manifest kept =
        new StagedRows.Manifest(
            view.dailyTable(),
            days,
            runKey.toString(),
            wanted.fingerprints(),
            counts,
            inputs,
            Map.of());
    context
        .progress()
        .say("validate", view.dailyTable() + ": " + kept.totalRows() + " rows of " + days);
    return kept.published(runKey, version, context.clock().instant());
  }
}
