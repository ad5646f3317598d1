package org.millrace.jobs.tables;

import java.time.LocalDate;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.ledger.Ledger;

/**
 * Days of a table that a commit writes again and does not make: of those that the ledger is right
 * about the entries stay, of their older definition and of the run that made them. Driver only.
 */
public final class KeptDays {
  private final NavigableMap<LocalDate, LedgerEntry> kept;

  /**
   * Those of a table but for the days that are made.
   *
   * @param ledger as of the version of the table that is written again
   */
  public KeptDays(Ledger ledger, String table, Collection<LocalDate> made) {
    this.kept = ledger.agreed(ledger.entries(table));
    made.forEach(kept::remove);
  }

  /** A note of what the commit makes, which then says also what it writes again. */
  public CommitNote noting(CommitNote note) {
    NavigableMap<Partition, PartitionNote> partitions = new TreeMap<>(note.partitions());
    kept.values()
        .forEach(
            entry ->
                partitions.put(
                    entry.partition(),
                    noted(entry).rewrittenFrom(entry.tableVersion().orElseThrow())));
    return note.with(partitions);
  }

  private static PartitionNote noted(LedgerEntry entry) {
    PartitionNote note = new PartitionNote(entry.fingerprint(), entry.rows(), entry.verdict());
    return entry.inputsFingerprint().map(note::readingInputs).orElse(note);
  }
}
