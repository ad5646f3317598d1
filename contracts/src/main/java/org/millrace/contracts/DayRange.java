package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/**
 * A run of whole days, both ends included. A day is a calendar day in the platform's day zone.
 *
 * @param from first day
 * @param to last day, not before {@code from}
 */
public record DayRange(LocalDate from, LocalDate to) {
  /** Checks the order. */
  public DayRange {
    requireNonNull(from, "from is null");
    requireNonNull(to, "to is null");
    if (to.isBefore(from)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use days " + from + " to " + to + ": the last day is before the first");
    }
  }

  /** A range of one day. */
  public static DayRange of(LocalDate day) {
    return new DayRange(day, day);
  }

  /** The fewest ranges that hold exactly these days, in order; none for none. */
  public static List<DayRange> covering(SortedSet<LocalDate> days) {
    List<DayRange> ranges = new ArrayList<>();
    for (LocalDate day : days) {
      int last = ranges.size() - 1;
      if (last >= 0 && ranges.get(last).to.plusDays(1).equals(day)) {
        ranges.set(last, new DayRange(ranges.get(last).from, day));
      } else {
        ranges.add(of(day));
      }
    }

    return ranges;
  }

  /** Every day, in order. */
  public List<LocalDate> days() {
    return from.datesUntil(to.plusDays(1)).toList();
  }

  /** How many days, at least 1. */
  public int size() {
    return Math.toIntExact(to.toEpochDay() - from.toEpochDay() + 1);
  }

  /** The range that starts {@code days} earlier and ends on the same day. */
  public DayRange startingEarlier(int days) {
    return new DayRange(from.minusDays(days), to);
  }

  /** True where {@code day} is inside. */
  public boolean contains(LocalDate day) {
    return !day.isBefore(from) && !day.isAfter(to);
  }

  /**
   * {@code 2013-12-01} or {@code 2013-12-01_2013-12-31}: safe in run keys, paths and MLflow
   * filters.
   */
  @Override
  public String toString() {
    return from.equals(to) ? from.toString() : from + "_" + to;
  }
}
