package org.millrace.jobs.ingest;

import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.millrace.features.ledger.LedgerEntry;

/** How many rows the days of a raw table usually have, by what the ledger says of earlier days. */
final class UsualVolume {
  private static final int MAX_DAYS = 28;
  private static final int MIN_DAYS = 7;

  private final TreeMap<LocalDate, Long> rows = new TreeMap<>();

  UsualVolume(NavigableMap<LocalDate, LedgerEntry> entries) {
    entries.forEach((day, entry) -> add(day, entry.rows().accepted()));
  }

  /** Takes a day that is about to be written, in place of what the ledger says of it. */
  void add(LocalDate day, long count) {
    rows.put(day, count);
  }

  /**
   * The median of up to 28 days before a day, those without rows left out; empty if there are fewer
   * than 7 of them.
   */
  OptionalDouble before(LocalDate day) {
    List<Long> sorted =
        rows.headMap(day, false).descendingMap().values().stream()
            .filter(count -> count > 0)
            .limit(MAX_DAYS)
            .sorted()
            .toList();
    if (sorted.size() < MIN_DAYS) {
      return OptionalDouble.empty();
    }

    int middle = sorted.size() / 2;
    return OptionalDouble.of(
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0);
  }
}
