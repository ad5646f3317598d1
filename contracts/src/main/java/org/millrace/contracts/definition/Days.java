package org.millrace.contracts.definition;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import org.millrace.contracts.DayRange;

/** Reads {@code {from: 2013-01-01, to: 2013-10-31}}. */
final class Days {
  /** A hundred years: each day is looked at on its own. */
  private static final int MOST = 36_525;

  private Days() {}

  static DayRange read(DefinitionNode node, String key) {
    DefinitionNode days = node.node(key);
    if (!node.has(key)) {
      node.error(key, "key '" + key + "' is missing: expected from and to, each a date");
      return DayRange.of(LocalDate.EPOCH);
    }

    LocalDate from = days.date("from");
    LocalDate to = days.date("to");
    days.done();
    if (to.isBefore(from)) {
      node.error(key, "'" + key + "': the last day " + to + " is before the first, " + from);
      return DayRange.of(from);
    }

    if (ChronoUnit.DAYS.between(from, to) >= MOST) {
      node.error(
          key,
          "'%s': %s to %s are more than %,d days; check the years".formatted(key, from, to, MOST));
      return DayRange.of(from);
    }

    return new DayRange(from, to);
  }
}
