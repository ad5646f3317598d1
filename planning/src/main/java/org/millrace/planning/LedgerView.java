package org.millrace.planning;

import java.util.NavigableMap;
import java.util.Optional;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.LedgerEntry;

/** What the ledger says, and what the tables say of it, at one moment. */
public interface LedgerView {
  /** The newest entry of each partition of an object, by time; empty if it was never made. */
  NavigableMap<Partition, LedgerEntry> partitions(String object);

  /**
   * What a reader of one version of a table was told of a partition: the newest entry whose table
   * version is not later; empty if it was not made by then, or its entry is lost.
   */
  Optional<LedgerEntry> asOf(String object, Partition partition, long version);

  /** What differs between an entry and its table; empty if they agree. */
  Optional<ChangedOutside> difference(LedgerEntry entry);
}
