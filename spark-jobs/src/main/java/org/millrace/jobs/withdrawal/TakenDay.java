package org.millrace.jobs.withdrawal;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.millrace.contracts.DayRange;

/**
 * A day of which readers see another publication since a commit.
 *
 * @param modelVersion version whose predictions were in force before; empty if none were
 * @param rows how many they were
 * @param shown version whose predictions are in force again; empty for none
 * @param shownRows how many they are
 * @param isRestored whether what is shown had been taken back; otherwise what was in force is
 */
public record TakenDay(
    LocalDate day,
    Optional<String> modelVersion,
    long rows,
    Optional<String> shown,
    long shownRows,
    boolean isRestored) {
  /** Checks that all is present. */
  public TakenDay {
    requireNonNull(day, "day is null");
    requireNonNull(modelVersion, "modelVersion is null");
    requireNonNull(shown, "shown is null");
  }

  /** The days, as runs of days. */
  public static String text(Collection<TakenDay> taken) {
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
        + modelVersion
            .map(version -> rows + " rows of version " + version + gone() + ", ")
            .orElse("")
        + shown
            .map(version -> shownRows + " rows of version " + version + " in force again")
            .orElse("none in force");
  }

  private String gone() {
    return isRestored ? " superseded" : " taken back";
  }
}
