package org.millrace.jobs.validate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.LedgerEntry;
import org.millrace.features.lake.StagedRows;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.window.DailyPartials;
import org.millrace.features.window.EventWindows;
import org.millrace.jobs.DayCounts;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.tables.DailyTable;
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
   * Notes the days of which partial aggregates are about to be written: until {@link #keep} and the
   * events' own commit are noted too, nobody uses them.
   */
  void announce(List<ViewDays> wanted) {
    List<LedgerEntry> pending = new ArrayList<>();
    for (ViewDays days : wanted) {
      NavigableMap<LocalDate, String> fingerprints = new TreeMap<>(days.fingerprints());
      fingerprints.replaceAll((day, ofEvents) -> LedgerEntry.PENDING);
      pending.addAll(entries(days, fingerprints, new TreeMap<>(), List.of(), "-"));
    }

    context.ledger().append(pending, context.note(runKey, "", List.of()));
  }

  /**
   * Replaces the partial aggregates of these days, in one commit.
   *
   * @return what the ledger is to say of the days, together with the events'
   */
  List<LedgerEntry> keep(ViewDays wanted, StagedRows staged) {
    FeatureViewDefinition view = wanted.view();
    DayRange days = wanted.days();
    List<TableVersion> inputs = staged.manifest().inputs();
    TableVersion version = replace(wanted, staged, inputs);
    Dataset<Row> written =
        context.lake().read(version).where(Lake.inDays(DailyPartials.KNOWN_DATE, days));
    NavigableMap<LocalDate, Long> counts = DayCounts.of(written, DailyPartials.KNOWN_DATE, days);
    long rows = counts.values().stream().mapToLong(Long::longValue).sum();
    context.progress().say("validate", view.dailyTable() + ": " + rows + " rows of " + days);
    NavigableMap<LocalDate, String> fingerprints = new TreeMap<>(wanted.fingerprints());
    fingerprints.replaceAll((day, ofEvents) -> DailyTable.fingerprint(view, ofEvents));
    return entries(wanted, fingerprints, counts, inputs, Long.toString(version.version()));
  }

  private TableVersion replace(ViewDays wanted, StagedRows staged, List<TableVersion> inputs) {
    FeatureViewDefinition view = wanted.view();
    DayRange days = wanted.days();
    EventWindows events = EventWindows.of(view, staged.rows());
    Dataset<Row> partials = DailyPartials.compute(events, context.lake().dayZone());
    Dataset<Row> byFile =
        days.size() == 1
            ? partials.repartition(1) // after they are computed: a coalesce would be before
            : DayCounts.oneFileADay(partials, DailyPartials.KNOWN_DATE, days);
    return new TableWriter(
            context.lake(),
            view.dailyTable(),
            "Partial aggregates of whole days: " + view.description(),
            DailyPartials.comments(events),
            Optional.of(DailyPartials.KNOWN_DATE))
        .replaceDaysAddingColumns(byFile, days, context.note(runKey, wanted.fingerprint(), inputs));
  }

  private List<LedgerEntry> entries(
      ViewDays wanted,
      NavigableMap<LocalDate, String> fingerprints,
      NavigableMap<LocalDate, Long> rows,
      List<TableVersion> inputs,
      String version) {
    List<LedgerEntry> entries = new ArrayList<>();
    fingerprints.forEach(
        (day, fingerprint) -> {
          long kept = rows.getOrDefault(day, 0L);
          entries.add(
              new LedgerEntry(
                  wanted.view().dailyTable(),
                  day,
                  fingerprint,
                  runKey.toString(),
                  CommitNote.versionsJson(inputs),
                  version,
                  kept,
                  kept,
                  0,
                  "-",
                  context.clock().instant()));
        });
    return entries;
  }
}
