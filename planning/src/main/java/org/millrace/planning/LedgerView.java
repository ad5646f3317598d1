package org.millrace.planning;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.ViewReading;
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

  /** Definitions that something was made by, by their hash; empty if they are kept no more. */
  Optional<DefinitionSnapshot> definitions(String hash);

  /** Bytes of a partition's data files as its table is now; empty if they are not known. */
  default OptionalLong bytes(String object, Partition partition) {
    return OptionalLong.empty();
  }

  /**
   * The fingerprint of an entry for a reader of some columns of it: another one means that these
   * may have other values. That of all of it, where it is not known which columns are read, or what
   * they come from.
   */
  default String fingerprint(LedgerEntry entry, Optional<ViewReading> reading) {
    if (reading.isEmpty() || entry.inputsFingerprint().isEmpty()) {
      return entry.fingerprint();
    }

    return entry
        .definitions()
        .flatMap(this::definitions)
        .flatMap(snapshot -> snapshot.hash(reading.get()))
        .map(read -> Digest.sha256(read, entry.inputsFingerprint().get()))
        .orElse(entry.fingerprint());
  }
}
