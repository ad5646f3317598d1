package org.millrace.jobs.validate;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.Claim;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.Fence;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableDescription;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagedRows;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.FeatureTableColumns;
import org.millrace.jobs.tables.KeptDays;
import org.millrace.jobs.tables.RetypedTable;
import org.millrace.jobs.tables.ViewDays;

/** The table of a view, as VALIDATE writes it. Driver only. */
final class ViewTable {
  private final JobContext context;
  private final FeatureViewDefinition view;
  private final Lease lease;

  ViewTable(JobContext context, FeatureViewDefinition view, Lease lease) {
    this.context = requireNonNull(context, "context is null");
    this.view = requireNonNull(view, "view is null");
    this.lease = requireNonNull(lease, "lease is null");
  }

  /** Gives the table the words that the definition has for it now; no day is done for them. */
  void describe(RunKey runKey) {
    writer(lease.fence(view.table(), runKey.days().days()))
        .describe(context.note(runKey, "", List.of()))
        .ifPresent(version -> say(version + " is described by its current definition"));
  }

  /**
   * Why the table cannot take staged rows: a column has another type in it, and rows of other days
   * cannot be cast. Any thread.
   */
  static Optional<String> refusal(Lake lake, ViewDays wanted, StagedRows staged) {
    return lake.current(wanted.view().table())
        .flatMap(table -> RetypedTable.of(lake, made(wanted), staged.rows().schema(), table))
        .flatMap(RetypedTable::refusal);
  }

  /**
   * Replaces the wanted days, in one commit, and enters them into the ledger.
   *
   * @param daily that keeps the days' partial aggregates
   * @return the version that has them
   * @throws MillraceException of category BUSY if a column gets another type, which rewrites all
   *     days, and another run works on some; DEFINITION if a value of theirs would be lost
   */
  TableVersion publish(ViewDays wanted, StagedRows staged, CommitNote note, DailyAggregates daily) {
    boolean isRetyped =
        context
            .lake()
            .current(view.table())
            .flatMap(table -> retyped(wanted, staged, table))
            .isPresent();
    if (!isRetyped) {
      return replaceDays(wanted, staged, note, daily);
    }

    List<Claim> whole = new ArrayList<>(List.of(Claim.whole(view.table())));
    if (view.isKeptDaily()) {
      whole.add(Claim.whole(view.dailyTable()));
    }

    // no other run may publish rows that are then cast unseen, until the ledger has the entries
    try (Lease all = lease.alsoAtOnce(whole)) {
      return all.during(() -> retype(wanted, staged, note, daily, all));
    }
  }

  private TableVersion replaceDays(
      ViewDays wanted, StagedRows staged, CommitNote note, DailyAggregates daily) {
    List<LedgerEntry> entries = keep(daily, wanted, staged, Fence.NONE);
    TableVersion version =
        writer(lease.fence(view.table(), wanted.days().days()))
            .replaceDaysAddingColumns(staged.rows(), wanted.days(), note);
    entries.addAll(context.ledger().countedEntriesOf(version, note, context.clock().instant()));
    enter(entries, note);
    return version;
  }

  private TableVersion retype(
      ViewDays wanted, StagedRows staged, CommitNote note, DailyAggregates daily, Lease all) {
    context.ledger().refresh();
    Optional<TableVersion> table = context.ledger().comparedWith(view.table());
    Optional<RetypedTable> differing = table.flatMap(of -> retyped(wanted, staged, of));
    if (table.isEmpty() || differing.isEmpty()) { // another run gave it the type meanwhile
      return replaceDays(wanted, staged, note, daily);
    }

    RetypedTable retyped = differing.get();
    retyped
        .refusal()
        .ifPresent(
            why -> {
              throw new MillraceException(ErrorCategory.DEFINITION, why);
            });
    KeptDays kept = new KeptDays(context.ledger(), view.table(), wanted.days().days());
    Fence fence = lease.fence(view.table(), wanted.days().days());
    List<LedgerEntry> entries =
        keep(daily, wanted, staged, view.isKeptDaily() ? all.fence(view.dailyTable()) : Fence.NONE);
    TableVersion version =
        writer(fence.and(all.fence(view.table())))
            .replaceAllAt(
                retyped.rowsWith(staged.rows()), table.get().version(), kept.noting(note));
    say(version + ": " + retyped.changes() + "; the rows of all other days were cast");
    entries.addAll(context.ledger().countedEntriesOf(version, note, context.clock().instant()));
    enter(entries, note);
    return version;
  }

  private List<LedgerEntry> keep(
      DailyAggregates daily, ViewDays wanted, StagedRows staged, Fence more) {
    return new ArrayList<>(
        view.isKeptDaily() ? daily.keep(wanted, staged, more) : List.<LedgerEntry>of());
  }

  /** At once: until then the view's commit is one that the ledger does not know. */
  private void enter(List<LedgerEntry> entries, CommitNote note) {
    context
        .ledger()
        .append(
            entries,
            new CommitNote(note.runKey(), note.attempt(), "", List.of())
                .in(context.lake().dayZone()));
  }

  private Optional<RetypedTable> retyped(ViewDays wanted, StagedRows staged, TableVersion table) {
    return RetypedTable.of(context.lake(), made(wanted), staged.rows().schema(), table);
  }

  private static RetypedTable.Days made(ViewDays wanted) {
    return new RetypedTable.Days(FeatureTableColumns.KNOWN_DATE, List.of(wanted.days()));
  }

  private TableWriter writer(Fence fence) {
    return new TableWriter(
            context.lake(),
            view.table(),
            new TableDescription(view.metadata(), FeatureTableColumns.comments(view)),
            Optional.of(FeatureTableColumns.KNOWN_DATE))
        .fencedBy(fence);
  }

  private void say(String text) {
    context.progress().say("validate", text);
  }
}
