package org.millrace.features.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.LedgerEntry;

/** Entries as they are taken in, in the order of the ledger. Not thread-safe. */
final class LedgerEntries {
  private final Map<String, NavigableMap<Partition, LedgerEntry>> newest = new LinkedHashMap<>();

  /** Those that a newer one has replaced. */
  private final Map<String, Map<Partition, List<LedgerEntry>>> earlier = new HashMap<>();

  void add(LedgerEntry entry) {
    LedgerEntry replaced =
        newest
            .computeIfAbsent(entry.object(), object -> new TreeMap<>())
            .put(entry.partition(), entry);
    if (replaced != null) {
      earlier
          .computeIfAbsent(entry.object(), object -> new HashMap<>())
          .computeIfAbsent(entry.partition(), partition -> new ArrayList<>(1))
          .add(replaced);
    }
  }

  /** The newest entry of each partition. */
  NavigableMap<Partition, LedgerEntry> of(String object) {
    return newest.getOrDefault(object, new TreeMap<>());
  }

  Set<String> objects() {
    return newest.keySet();
  }

  /** All entries of a partition, the newest last. */
  List<LedgerEntry> history(String object, Partition partition) {
    LedgerEntry last = of(object).get(partition);
    if (last == null) {
      return List.of();
    }

    List<LedgerEntry> all =
        new ArrayList<>(earlier.getOrDefault(object, Map.of()).getOrDefault(partition, List.of()));
    all.add(last);
    return all;
  }
}
