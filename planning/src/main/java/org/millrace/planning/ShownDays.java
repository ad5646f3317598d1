package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Days in a row of which readers see, or would see, the predictions of another version than before.
 *
 * @param from first day
 * @param to last day
 * @param before version whose predictions were in force; empty for none
 * @param rowsBefore how many they were
 * @param after version whose predictions are in force then; empty for none
 * @param rowsAfter how many they are
 * @param isKept true if the days stay as they are, as no earlier version published them
 */
public record ShownDays(
    @JsonProperty("from") LocalDate from,
    @JsonProperty("to") LocalDate to,
    @JsonProperty("before") Optional<String> before,
    @JsonProperty("rows_before") long rowsBefore,
    @JsonProperty("after") Optional<String> after,
    @JsonProperty("rows_after") long rowsAfter,
    @JsonProperty("kept") boolean isKept) {
  /** Checks that all is present. */
  public ShownDays {
    requireNonNull(from, "from is null");
    requireNonNull(to, "to is null");
    requireNonNull(before, "before is null");
    requireNonNull(after, "after is null");
  }

  /** One day of which something else is in force then. */
  public static ShownDays changed(
      LocalDate day, Optional<String> before, long rowsBefore, Optional<String> after, long rows) {
    return new ShownDays(day, day, before, rowsBefore, after, rows, false);
  }

  /** One day that stays as it is. */
  public static ShownDays kept(LocalDate day, String version, long rows) {
    return new ShownDays(day, day, Optional.of(version), rows, Optional.of(version), rows, true);
  }

  /** How many days, at least 1. */
  public int size() {
    return Math.toIntExact(to.toEpochDay() - from.toEpochDay() + 1);
  }

  /**
   * The same days in as few pieces as there can be: neighbours of which the same is said are one.
   *
   * @param days in order
   */
  public static List<ShownDays> joined(List<ShownDays> days) {
    List<ShownDays> joined = new ArrayList<>();
    for (ShownDays next : days) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).continuesIn(next)) {
        joined.set(last, joined.get(last).and(next));
      } else {
        joined.add(next);
      }
    }

    return joined;
  }

  private boolean continuesIn(ShownDays next) {
    return to.plusDays(1).equals(next.from)
        && before.equals(next.before)
        && after.equals(next.after)
        && isKept == next.isKept;
  }

  private ShownDays and(ShownDays next) {
    return new ShownDays(
        from,
        next.to,
        before,
        rowsBefore + next.rowsBefore,
        after,
        rowsAfter + next.rowsAfter,
        isKept);
  }
}
