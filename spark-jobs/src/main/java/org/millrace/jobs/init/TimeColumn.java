package org.millrace.jobs.init;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * A column of times, as SQL. A date that says when something became known counts from its end on; a
 * date on which is asked counts from its start on: neither sees more than was known.
 *
 * @param name of the column in the table
 * @param type TIMESTAMP or DATE
 * @param use what its values mean
 * @param zone in which days begin and end
 * @param first what was known before this day counts as known when it begins; empty for none
 */
record TimeColumn(String name, DataType type, Use use, ZoneId zone, Optional<LocalDate> first) {
  /** What a time means. */
  enum Use {
    ASKED,
    KNOWN
  }

  /**
   * A column whose values are times.
   *
   * @throws MillraceException of category DEFINITION if they are something else
   */
  static TimeColumn of(String option, SeenTable.SeenColumn column, Use use, ZoneId zone) {
    if (!isTime(column.type())) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use %s %s: its values are %s, and not all of them are times; correct them, or name with --nulls the texts that mean that there is none"
              .formatted(option, column.original(), column.type().sql()));
    }

    return new TimeColumn(column.name(), column.type(), use, zone, Optional.empty());
  }

  static boolean isTime(DataType type) {
    return type.equals(DataTypes.DateType)
        || type.equals(DataTypes.TimestampType)
        || type.equals(DataTypes.TimestampNTZType);
  }

  /** The same values, none of which counts before a day. */
  TimeColumn notBefore(LocalDate day) {
    return new TimeColumn(name, type, use, zone, Optional.of(day));
  }

  /** The same of another name. */
  TimeColumn named(String other) {
    return new TimeColumn(other, type, use, zone, first);
  }

  /** The DATE on which a row counts. */
  String day() {
    return first
        .map(day -> "greatest(%s, DATE '%s')".formatted(ownDay(), day))
        .orElseGet(this::ownDay);
  }

  /** The TIMESTAMP from which on a row counts. */
  String knownAt() {
    return first
        .map(
            day ->
                "greatest(%s, TIMESTAMP '%s')"
                    .formatted(instant(), day.atStartOfDay(zone).toInstant()))
        .orElseGet(this::instant);
  }

  /** Leaves out what was known before the first day, as SQL; empty if there is no such day. */
  Optional<String> sinceFirst() {
    return first.map(day -> " AND %s >= DATE '%s'".formatted(ownDay(), day));
  }

  private String ownDay() {
    if (type.equals(DataTypes.DateType)) {
      return use == Use.ASKED ? name : "date_add(" + name + ", 1)";
    }

    return zone.normalized().equals(ZoneOffset.UTC)
        ? "CAST(" + name + " AS DATE)"
        : "CAST(from_utc_timestamp(%s, '%s') AS DATE)".formatted(name, zone);
  }

  /** The TIMESTAMP that its value means. */
  String instant() {
    if (!type.equals(DataTypes.DateType)) {
      return name;
    }

    return "to_utc_timestamp(CAST(%s AS TIMESTAMP), '%s')".formatted(ownDay(), zone);
  }

  /** The name of the column of {@link #day}. */
  String dayName() {
    return name + "_day";
  }
}
