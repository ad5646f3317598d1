package org.millrace.features.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
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

  /** The newest entry about a version of a table that is not later. */
  Optional<LedgerEntry> asOf(String object, Partition partition, long version) {
    LedgerEntry last = of(object).get(partition);
    if (last == null || isAsOf(last, version)) {
      return Optional.ofNullable(last);
    }

    return earlier.getOrDefault(object, Map.of()).getOrDefault(partition, List.of()).stream()
        .filter(entry -> isAsOf(entry, version))
        .reduce((older, newer) -> newer);
  }

  private static boolean isAsOf(LedgerEntry entry, long version) {
    return entry.tableVersion().orElse(Long.MAX_VALUE) <= version;
  }
}
