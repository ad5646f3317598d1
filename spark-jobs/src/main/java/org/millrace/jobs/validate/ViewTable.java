package org.millrace.jobs.validate;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Claim;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.Fence;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableDescription;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagedRows;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.FeatureTableColumns;
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

  /**
   * What was published.
   *
   * @param version of the table
   * @param entries what the ledger is to say of its days
   */
  record Published(TableVersion version, List<LedgerEntry> entries) {}

  /** Gives the table the words that the definition has for it now; no day is done for them. */
  void describe(RunKey runKey) {
    writer(lease.fence(view.table(), runKey.days().days()))
        .describe(context.note(runKey, "", List.of()))
        .ifPresent(version -> say(version + " is described as its definition says now"));
  }

  /**
   * Why the table cannot take staged rows: a column has another type in it, and rows of other days
   * cannot be cast. Any thread.
   */
  static Optional<String> refusal(Lake lake, ViewDays wanted, StagedRows staged) {
    return lake.current(wanted.view().table())
        .flatMap(table -> RetypedTable.of(lake, wanted, staged.rows().schema(), table))
        .flatMap(RetypedTable::refusal);
  }

  /**
   * Replaces the wanted days, in one commit.
   *
   * @throws MillraceException of category BUSY if a column gets another type, which rewrites all
   *     days, and another run works on some; DEFINITION if a value of theirs would be lost
   */
  Published publish(ViewDays wanted, Dataset<Row> staged, CommitNote note) {
    boolean isRetyped =
        context
            .lake()
            .current(view.table())
            .flatMap(table -> RetypedTable.of(context.lake(), wanted, staged.schema(), table))
            .isPresent();
    if (isRetyped) {
      // until the commit, no other run may publish rows that are then cast unseen
      try (Lease whole = lease.also(List.of(Claim.whole(view.table())))) {
        return retype(wanted, staged, note, whole);
      }
    }

    TableVersion version =
        writer(lease.fence(view.table(), wanted.days().days()))
            .replaceDaysAddingColumns(staged, wanted.days(), note);
    return new Published(
        version, context.ledger().entriesOf(version, note, context.clock().instant()));
  }

  private Published retype(ViewDays wanted, Dataset<Row> staged, CommitNote note, Lease whole) {
    context.ledger().refresh();
    TableVersion table = context.ledger().comparedWith(view.table()).orElseThrow();
    RetypedTable retyped =
        RetypedTable.of(context.lake(), wanted, staged.schema(), table).orElseThrow();
    retyped
        .refusal()
        .ifPresent(
            why -> {
              throw new MillraceException(ErrorCategory.DEFINITION, why);
            });
    NavigableMap<LocalDate, LedgerEntry> kept = kept(wanted);
    TableVersion version =
        writer(whole.fence(view.table()))
            .replaceAllAt(retyped.rowsWith(staged), table.version(), noting(kept, note));
    say(version + ": " + retyped.changes() + "; rows of other days were rewritten so");
    List<LedgerEntry> entries =
        new ArrayList<>(context.ledger().entriesOf(version, note, context.clock().instant()));
    kept.values().forEach(entry -> entries.add(entry.in(version)));
    return new Published(version, entries);
  }

  /**
   * Of other days, those that the ledger is right about: they stay what they are, of their older
   * definition and by the run that made them.
   */
  private NavigableMap<LocalDate, LedgerEntry> kept(ViewDays wanted) {
    NavigableMap<LocalDate, LedgerEntry> kept =
        context.ledger().agreed(context.ledger().entries(view.table()));
    wanted.days().days().forEach(kept::remove);
    return kept;
  }

  private static CommitNote noting(NavigableMap<LocalDate, LedgerEntry> kept, CommitNote note) {
    NavigableMap<Partition, PartitionNote> partitions = new TreeMap<>(note.partitions());
    kept.values()
        .forEach(
            entry ->
                partitions.put(
                    entry.partition(),
                    new PartitionNote(entry.fingerprint(), entry.rows(), entry.verdict())));
    return note.with(partitions);
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
