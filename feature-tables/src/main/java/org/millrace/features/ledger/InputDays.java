package org.millrace.features.ledger;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Consumer;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Status;

/**
 * The days of an object that others read: all there, as the ledger says them, and one fingerprint
 * over them. Driver only.
 */
final class InputDays {
  private final String object;
  private final NavigableMap<Partition, LedgerEntry> newest;
  private final Consumer<LedgerEntry> requireUnchanged;

  /**
   * @param newest entries of the object
   * @param requireUnchanged fails where an entry's table says otherwise
   */
  InputDays(
      String object,
      NavigableMap<Partition, LedgerEntry> newest,
      Consumer<LedgerEntry> requireUnchanged) {
    this.object = object;
    this.newest = newest;
    this.requireUnchanged = requireUnchanged;
  }

  /** As {@link Ledger#fingerprint} says it. The time is that of the days that are there. */
  String fingerprint(DayRange days) {
    LedgerEntry whole = newest.get(Partition.whole());
    if (whole != null && whole.status() == Status.DONE) {
      requireUnchanged.accept(whole);
      return whole.fingerprint();
    }

    NavigableMap<LocalDate, LedgerEntry> read = Ledger.within(newest, days);
    read.values().removeIf(entry -> entry.status() != Status.DONE); // what it holds is unknown
    requireComplete(days, read);
    List<String> parts = new ArrayList<>();
    read.forEach(
        (day, entry) -> {
          requireUnchanged.accept(entry);
          parts.add(day + "=" + entry.fingerprint());
        });
    return Digest.sha256(parts.toArray(String[]::new));
  }

  private void requireComplete(DayRange days, NavigableMap<LocalDate, LedgerEntry> read) {
    NavigableMap<LocalDate, LedgerEntry> all = Ledger.byDay(newest);
    LocalDate first =
        all.isEmpty() || all.firstKey().isBefore(days.from()) ? days.from() : all.firstKey();
    if (!all.isEmpty()
        && (first.isAfter(days.to()) || new DayRange(first, days.to()).size() == read.size())) {
      return;
    }

    List<LocalDate> missing =
        new DayRange(first, days.to())
            .days().stream().filter(day -> !read.containsKey(day)).toList();
    String has =
        all.isEmpty()
            ? "no day at all"
            : all.size() + " days from " + all.firstKey() + " to " + all.lastKey();
    throw new MillraceException(
        ErrorCategory.INPUT_MISSING,
        "Cannot read "
            + object
            + " for "
            + missing.get(0)
            + (missing.size() > 1 ? " and " + (missing.size() - 1) + " more days" : "")
            + ", which was not made yet: it has "
            + has
            + "; run the days from "
            + missing.get(0)
            + " to "
            + missing.get(missing.size() - 1)
            + " first");
  }
}
