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
import org.millrace.features.lake.Fence;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.window.DailyPartials;
import org.millrace.features.window.EventWindows;
import org.millrace.jobs.room.DayCounts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.RetypedTable;
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
   * Replaces the partial aggregates of these days, in one commit. Those of other days are taken
   * away with them if they are of another type, and so of no use: windows are made of events there.
   *
   * @param more that guards the commit beside the lease of the days
   * @return what the ledger is to say of the days, together with the events'
   */
  List<LedgerEntry> keep(ViewDays wanted, StagedRows staged, Fence more) {
    FeatureViewDefinition view = wanted.view();
    DayRange days = wanted.days();
    Dataset<Row> partials =
        DailyPartials.compute(EventWindows.of(view, staged.rows()), context.lake().dayZone())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      NavigableMap<LocalDate, Long> counts = DayCounts.of(partials, DailyPartials.KNOWN_DATE, days);
      Optional<TableVersion> retyped = retyped(view, partials);
      NavigableMap<Partition, PartitionNote> made = dropped(view, retyped);
      made.putAll(partitions(wanted, counts));
      CommitNote note =
          context.note(runKey, wanted.fingerprint(), staged.manifest().inputs()).with(made);
      TableWriter writer =
          writer(wanted, staged).fencedBy(lease.fence(view.dailyTable(), days.days()).and(more));
      Dataset<Row> byFile = byFile(partials, days);
      TableVersion version =
          retyped.isPresent()
              ? writer.replaceAllAt(byFile, retyped.get().version(), note)
              : writer.replaceDaysAddingColumns(byFile, days, note);
      long rows = counts.values().stream().mapToLong(Long::longValue).sum();
      context.progress().say("validate", view.dailyTable() + ": " + rows + " rows of " + days);
      return context.ledger().countedEntriesOf(version, note, context.clock().instant());
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

  private static Dataset<Row> byFile(Dataset<Row> partials, DayRange days) {
    return days.size() == 1
        ? partials.repartition(1) // after they are computed: a coalesce would be before
        : DayCounts.oneFileADay(partials, DailyPartials.KNOWN_DATE, days);
  }

  private TableWriter writer(ViewDays wanted, StagedRows staged) {
    FeatureViewDefinition view = wanted.view();
    return new TableWriter(
        context.lake(),
        view.dailyTable(),
        "Partial aggregates of whole days: " + view.metadata().description(),
        DailyPartials.comments(EventWindows.of(view, staged.rows())),
        Optional.of(DailyPartials.KNOWN_DATE));
  }

  /** The table, if partial aggregates are of another type than it. */
  private Optional<TableVersion> retyped(FeatureViewDefinition view, Dataset<Row> partials) {
    return context
        .lake()
        .current(view.dailyTable())
        .filter(table -> RetypedTable.differs(partials.schema(), context.lake().read(table)));
  }

  /** The days that are taken away from a table, which then has no row of them. */
  private NavigableMap<Partition, PartitionNote> dropped(
      FeatureViewDefinition view, Optional<TableVersion> retyped) {
    NavigableMap<Partition, PartitionNote> dropped = new TreeMap<>();
    if (retyped.isPresent()) {
      PartitionNote nothing = new PartitionNote("", RowCounts.NONE, PartitionNote.UNJUDGED);
      context
          .ledger()
          .entries(view.dailyTable())
          .keySet()
          .forEach(day -> dropped.put(Partition.of(day), nothing));
    }

    return dropped;
  }
}
