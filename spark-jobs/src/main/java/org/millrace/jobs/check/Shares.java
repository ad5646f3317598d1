package org.millrace.jobs.check;

import java.util.Locale;
import org.millrace.contracts.DayRange;

/** Shares of rows, as notes have them. */
final class Shares {
  /** From this share on a column is nearly always null. */
  static final double NEARLY_ALL = 0.95;

  private Shares() {}

  /** Such as {@code 12.5 %}. */
  static String text(long part, long all) {
    return part == all ? "all" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / all);
  }

  /** That a column is nearly always null. */
  static String nulls(String column, long nulls, long all, DayRange days) {
    return "'%s' is null in %s of %,d rows of %s; a model learns nothing from it"
        .formatted(column, text(nulls, all), all, days);
  }
}
