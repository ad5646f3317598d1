package org.millrace.jobs.unpublish;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.millrace.contracts.DayRange;

/**
 * A day that was taken back.
 *
 * @param modelVersion version whose predictions were in force
 * @param rows how many they were
 * @param shown version whose predictions are in force again; empty for none
 * @param shownRows how many they are
 */
record TakenDay(
    LocalDate day, String modelVersion, long rows, Optional<String> shown, long shownRows) {
  TakenDay {
    requireNonNull(day, "day is null");
    requireNonNull(modelVersion, "modelVersion is null");
    requireNonNull(shown, "shown is null");
  }

  /** The days, as runs of days. */
  static String text(Collection<TakenDay> taken) {
    TreeSet<LocalDate> days =
        taken.stream().map(TakenDay::day).collect(Collectors.toCollection(TreeSet::new));
    return DayRange.covering(days).stream()
        .map(DayRange::toString)
        .collect(Collectors.joining(", "));
  }

  /** {@code 2013-12-01: 842 rows of version 2 taken back, 842 rows of version 1 in force again}. */
  @Override
  public String toString() {
    return day
        + ": "
        + rows
        + " rows of version "
        + modelVersion
        + " taken back, "
        + shown
            .map(version -> shownRows + " rows of version " + version + " in force again")
            .orElse("none in force");
  }
}
