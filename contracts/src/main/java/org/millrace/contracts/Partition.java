package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * A piece of an object that is made, replaced and counted as one: a day or an hour of the
 * platform's zone, or the whole of an object without such pieces. Ordered by time, the whole last.
 */
public sealed interface Partition extends Comparable<Partition> {
  /** The whole of an object. */
  static Partition whole() {
    return new Whole();
  }

  /** A calendar day. */
  static Partition of(LocalDate day) {
    return new Day(day);
  }

  /**
   * As ledgers, notes and leases keep it: {@code 2013-12-01}, {@code 2013-12-01T05-05:00}, {@code
   * whole}.
   */
  @JsonValue
  String text();

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws MillraceException of category DATA_CONTRACT if it is none of the three forms
   */
  @JsonCreator
  static Partition parse(String text) {
    try {
      if (text.equals("whole")) {
        return new Whole();
      }

      return text.indexOf('T') < 0
          ? new Day(LocalDate.parse(text))
          : new Hour(OffsetDateTime.parse(text, Hour.FORMAT));
    } catch (DateTimeException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read the partition '" + text + "': expected a day, an hour or 'whole'",
          e);
    }
  }

  /** By time: whole ones last, the hours of a day after the day, two hours by their moments. */
  @Override
  default int compareTo(Partition other) {
    int byDay = firstDay().compareTo(other.firstDay());
    if (byDay == 0 && this instanceof Hour one && other instanceof Hour two) {
      return one.start().compareTo(two.start()); // its text does not order a clock that is set back
    }

    return byDay == 0 ? text().compareTo(other.text()) : byDay;
  }

  private LocalDate firstDay() {
    if (this instanceof Day day) {
      return day.date();
    }

    return this instanceof Hour hour ? hour.start().toLocalDate() : LocalDate.MAX;
  }

  /**
   * A calendar day of the platform's zone.
   *
   * @param date the day
   */
  record Day(LocalDate date) implements Partition {
    /** Checks that it is there. */
    public Day {
      requireNonNull(date, "date is null");
    }

    @Override
    public String text() {
      return date.toString();
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /**
   * An hour of the platform's zone; its offset tells the two hours apart that a clock shows when it
   * is set back.
   *
   * @param start first moment, a full hour
   */
  record Hour(OffsetDateTime start) implements Partition {
    private static final DateTimeFormatter FORMAT =
        new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HHxxx")
            .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
            .toFormatter(Locale.ROOT);

    /** Checks that it is a full hour. */
    public Hour {
      if (!start.equals(start.truncatedTo(ChronoUnit.HOURS))) {
        throw new IllegalArgumentException("Cannot use " + start + " as an hour: it is not full");
      }
    }

    @Override
    public String text() {
      return FORMAT.format(start);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /** The whole of an object. */
  record Whole() implements Partition {
    @Override
    public String text() {
      return "whole";
    }

    @Override
    public String toString() {
      return text();
    }
  }
}
