package org.millrace.jobs.ingest;

import java.time.LocalDate;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RowCounts;

/**
 * What became of one raw table.
 *
 * @param table the raw table
 * @param version its version after the last commit of this run; empty if nothing was written
 * @param accepted rows that were written
 * @param refused rows without a day that were left out
 * @param changed days outside of those asked for that the ledger has, and of which the source has
 *     other rows now
 */
record FilledTable(
    String table,
    Optional<String> version,
    long accepted,
    long refused,
    SortedSet<LocalDate> changed) {
  private static final int NAMED_DAYS = 3;

  /** Copies the days. */
  FilledTable {
    changed = Collections.unmodifiableSortedSet(new TreeSet<>(changed));
  }

  /** What became of the rows that were read for what was written. */
  RowCounts rows() {
    return new RowCounts(accepted + refused, accepted, 0, refused, 0);
  }

  /** Which rows were left out, and which setting allows it; empty if there are none. */
  Optional<String> whyRefused() {
    return refused == 0
        ? Optional.empty()
        : Optional.of(
            "%,d %s of %s without a day ('null-days: drop')"
                .formatted(refused, refused == 1 ? "row" : "rows", table));
  }

  /** A sentence about days that changed since they were filled; empty if there are none. */
  Optional<String> notice() {
    if (changed.isEmpty()) {
      return Optional.empty();
    }

    String days =
        String.join(", ", changed.stream().limit(NAMED_DAYS).map(LocalDate::toString).toList());
    DayRange range = new DayRange(changed.first(), changed.last());
    return Optional.of(
        "%d %s of %s changed since %s filled (%s%s): `millrace ingest %s` takes %s up"
            .formatted(
                changed.size(),
                changed.size() == 1 ? "day" : "days",
                table,
                changed.size() == 1 ? "it was" : "they were",
                days,
                changed.size() > NAMED_DAYS ? ", ..." : "",
                range.size() == 1
                    ? "--date " + range.from()
                    : "--from " + range.from() + " --to " + range.to(),
                changed.size() == 1 ? "it" : "them"));
  }
}
