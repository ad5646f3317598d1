package org.millrace.jobs.validate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.window.DailyPartials;
import org.millrace.features.window.EventWindows;
import org.millrace.jobs.room.DayCounts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.ViewDays;
import org.millrace.planning.Recipes;

/**
 * Keeps the daily partial aggregates of a view: those of the known days that become visible, one
 * more day costing one day. Driver only.
 */
final class DailyAggregates {
  private final JobContext context;
  private final RunKey runKey;
  private final Lease lease;

  DailyAggregates(JobContext context, RunKey runKey, Lease lease) {
    this.context = context;
    this.runKey = runKey;
    this.lease = lease;
  }

  /**
   * Notes the days of which partial aggregates are about to be written: until {@link #keep} and the
   * events' own commit are noted too, they are not used.
   */
  void announce(List<ViewDays> wanted) {
    List<LedgerEntry> pending = new ArrayList<>();
    CommitNote note = context.note(runKey, "", List.of());
    PartitionNote nothing = new PartitionNote("", RowCounts.NONE, PartitionNote.UNJUDGED);
    for (ViewDays days : wanted) {
      for (LocalDate day : days.fingerprints().keySet()) {
        pending.add(
            LedgerEntry.of(days.view().dailyTable(), Partition.of(day))
                .made(note, nothing)
                .pending()
                .finishedAt(context.clock().instant()));
      }
    }

    context.ledger().append(pending, note);
  }

  /**
   * Replaces the partial aggregates of these days, in one commit.
   *
   * @return what the ledger is to say of the days, together with the events'
   */
  List<LedgerEntry> keep(ViewDays wanted, StagedRows staged) {
    FeatureViewDefinition view = wanted.view();
    DayRange days = wanted.days();
    Dataset<Row> partials =
        DailyPartials.compute(EventWindows.of(view, staged.rows()), context.lake().dayZone())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      NavigableMap<LocalDate, Long> counts = DayCounts.of(partials, DailyPartials.KNOWN_DATE, days);
      NavigableMap<Partition, PartitionNote> made =
          isRetyped(view, partials) ? dropped(view) : new TreeMap<>();
      made.putAll(partitions(wanted, counts));
      CommitNote note =
          context.note(runKey, wanted.fingerprint(), staged.manifest().inputs()).with(made);
      TableVersion version = replace(wanted, staged, partials, note);
      long rows = counts.values().stream().mapToLong(Long::longValue).sum();
      context.progress().say("validate", view.dailyTable() + ": " + rows + " rows of " + days);
      return context.ledger().entriesOf(version, note, context.clock().instant());
    } finally {
      partials.unpersist();
    }
  }

  private static NavigableMap<Partition, PartitionNote> partitions(
      ViewDays wanted, NavigableMap<LocalDate, Long> rows) {
    NavigableMap<Partition, PartitionNote> made = new TreeMap<>();
    wanted
        .fingerprints()
        .forEach(
            (day, ofEvents) ->
                made.put(
                    Partition.of(day),
                    new PartitionNote(
                        Recipes.daily(wanted.view(), ofEvents),
                        RowCounts.accepted(rows.getOrDefault(day, 0L)),
                        PartitionNote.UNJUDGED)));
    return made;
  }

  private TableVersion replace(
      ViewDays wanted, StagedRows staged, Dataset<Row> partials, CommitNote note) {
    FeatureViewDefinition view = wanted.view();
    DayRange days = wanted.days();
    EventWindows events = EventWindows.of(view, staged.rows());
    Dataset<Row> byFile =
        days.size() == 1
            ? partials.repartition(1) // after they are computed: a coalesce would be before
            : DayCounts.oneFileADay(partials, DailyPartials.KNOWN_DATE, days);
    TableWriter writer =
        new TableWriter(
                context.lake(),
                view.dailyTable(),
                "Partial aggregates of whole days: " + view.metadata().description(),
                DailyPartials.comments(events),
                Optional.of(DailyPartials.KNOWN_DATE))
            .fencedBy(lease.fence(view.dailyTable(), days.days()));
    return isRetyped(view, byFile)
        ? writer.replaceAll(byFile, note)
        : writer.replaceDaysAddingColumns(byFile, days, note);
  }

  /** Partial aggregates of another type are of no use: other days are made of their events. */
  private boolean isRetyped(FeatureViewDefinition view, Dataset<Row> partials) {
    return context
        .lake()
        .current(view.dailyTable())
        .filter(table -> RetypedTable.differs(partials.schema(), context.lake().read(table)))
        .isPresent();
  }

  /** The days that are taken away with them, of which the table then has no row. */
  private NavigableMap<Partition, PartitionNote> dropped(FeatureViewDefinition view) {
    NavigableMap<Partition, PartitionNote> dropped = new TreeMap<>();
    context
        .ledger()
        .entries(view.dailyTable())
        .keySet()
        .forEach(
            day ->
                dropped.put(
                    Partition.of(day),
                    new PartitionNote("", RowCounts.NONE, PartitionNote.UNJUDGED)));
    return dropped;
  }
}
