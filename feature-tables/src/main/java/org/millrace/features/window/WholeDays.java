package org.millrace.features.window;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.millrace.contracts.DayRange;

/**
 * Which days of events every row of a spine sees whole: those that ended, and were known, before
 * the first row asks, and that began inside the window of the last. Driver only.
 *
 * @param zone of the days
 * @param from at or before the first as-of time
 * @param to behind the last
 */
public record WholeDays(ZoneId zone, Instant from, Instant to) {
  /** For rows that ask on some days. */
  public static WholeDays of(ZoneId zone, DayRange days) {
    WholeDays none = new WholeDays(zone, Instant.EPOCH, Instant.EPOCH);
    return new WholeDays(zone, none.starts(days.from()), none.ends(days.to()));
  }

  /** The first day that has not ended when the first row asks. */
  public LocalDate end() {
    LocalDate day = from.atZone(zone).toLocalDate().plusDays(1);
    while (ends(day.minusDays(1)).isAfter(from)) {
      day = day.minusDays(1);
    }

    return day;
  }

  /** The first day that began inside a window of each row. */
  public LocalDate start(Duration window) {
    Instant bound = to.minus(window);
    LocalDate day = bound.atZone(zone).toLocalDate();
    while (starts(day).isBefore(bound)) {
      day = day.plusDays(1);
    }

    return day;
  }

  /** No instant of a day is before this. */
  public Instant starts(LocalDate day) {
    return day.atStartOfDay(zone).toInstant();
  }

  /** All instants of a day are before this, though a date comes back with the clocks. */
  public Instant ends(LocalDate day) {
    return day.plusDays(1).atStartOfDay(zone).withLaterOffsetAtOverlap().toInstant();
  }
}
