package org.millrace.planning;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.LedgerEntry;

/** What the ledger says, and what the tables say of it, at one moment. */
public interface LedgerView {
  /** The newest entry of each partition of an object, by time; empty if it was never made. */
  NavigableMap<Partition, LedgerEntry> partitions(String object);

  /** All entries of a partition that are known, the newest last. */
  List<LedgerEntry> history(String object, Partition partition);

  /** What differs between an entry and its table; empty if they agree. */
  Optional<ChangedOutside> difference(LedgerEntry entry);
}
