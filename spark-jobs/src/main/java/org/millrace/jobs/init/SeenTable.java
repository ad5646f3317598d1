package org.millrace.jobs.init;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * What was seen of some files: the raw table that they fill. Driver only.
 *
 * @param table such as {@code raw.loans}
 * @param location as it was asked for, for messages
 * @param columns with the names that they have in the table
 * @param rows with these columns, held while definitions are written
 * @param count of rows
 * @param time when a row became known; empty if nothing says so
 * @param day the table's DATE column; empty if it has no days
 * @param days rows by day; empty if it has no days
 * @param files that a source is yet to be written for; empty if there is one
 */
record SeenTable(
    String table,
    String location,
    List<SeenColumn> columns,
    Dataset<Row> rows,
    long count,
    Optional<TimeColumn> time,
    Optional<String> day,
    NavigableMap<LocalDate, Long> days,
    Optional<SeenFiles> files) {
  /** Copies the list. */
  SeenTable {
    columns = List.copyOf(columns);
  }

  /**
   * A column.
   *
   * @param original its name in the files
   * @param name in the table
   * @param type in the table
   * @param nulls rows without a value
   * @param distinct about how many values there are
   * @param isLocal whether the files hold times of clocks, which the table has as instants
   * @param isOdd whether some of its numbers are NaN or infinite
   */
  record SeenColumn(
      String original,
      String name,
      DataType type,
      long nulls,
      long distinct,
      boolean isLocal,
      boolean isOdd) {}

  /**
   * Files that no source reads yet.
   *
   * @param path as a definition names it
   * @param types by column of the files
   * @param isText whether types and times are read from texts
   * @param nulls texts that mean that there is no value
   * @param notes what a person should know of them
   * @param withoutTime rows whose time is null
   */
  record SeenFiles(
      String path,
      Map<String, String> types,
      boolean isText,
      List<String> nulls,
      List<String> notes,
      long withoutTime) {}

  /** The same table, whose rows count at another time. */
  SeenTable at(TimeColumn other) {
    return new SeenTable(
        table, location, columns, rows, count, Optional.of(other), day, days, files);
  }

  private static final int MOST_NAMED = 3;
  private static final double MANY_HOLES = 0.05;

  /** By chance one day in 20,000 has no row where ten are usual. */
  private static final double FEW_ROWS = 10;

  /** The days from the first to the last one that have rows. */
  DayRange span() {
    return new DayRange(days.firstKey(), days.lastKey());
  }

  /** How many days have no rows, from the first one to the last, or to a later one. */
  int holes(LocalDate until) {
    LocalDate last = until.isAfter(days.lastKey()) ? until : days.lastKey();
    return new DayRange(days.firstKey(), last).size() - days.size();
  }

  /** Some of them, oldest first. */
  List<LocalDate> someHoles(LocalDate until) {
    LocalDate last = until.isAfter(days.lastKey()) ? until : days.lastKey();
    return new DayRange(days.firstKey(), last)
        .days().stream().filter(day -> !days.containsKey(day)).limit(MOST_NAMED).toList();
  }

  /**
   * Whether its days without rows are as it comes: there are many, or its days have so few rows
   * that one without any is no surprise. Else files may be missing.
   */
  boolean isOftenEmpty(LocalDate until) {
    int holes = holes(until);
    return holes > MANY_HOLES * (holes + days.size()) || usualRows() < FEW_ROWS;
  }

  /** The median of the rows of its days. */
  double usualRows() {
    List<Long> rows = days.values().stream().sorted().toList();
    return rows.get(rows.size() / 2);
  }

  /** The table without its schema, as SQL knows it. */
  String shortName() {
    return table.substring(table.indexOf('.') + 1);
  }

  /**
   * A column by its name in the files or in the table.
   *
   * @param option that named it, for the message
   * @throws MillraceException of category DEFINITION that lists the columns
   */
  SeenColumn column(String option, String name) {
    return find(name)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot use %s %s: %s has no such column; it has %s"
                        .formatted(
                            option,
                            name,
                            location,
                            String.join(
                                ", ", columns.stream().map(SeenColumn::original).toList()))));
  }

  /** A column by its name in the files or in the table. */
  Optional<SeenColumn> find(String name) {
    return columns.stream()
        .filter(column -> column.original().equals(name) || column.name().equals(name))
        .findFirst()
        .or(
            () ->
                columns.stream()
                    .filter(
                        column ->
                            column.original().equalsIgnoreCase(name)
                                || column.name().equals(Words.word(name))
                                || column.name().equals(Words.column(name, List.of())))
                    .findFirst());
  }
}
