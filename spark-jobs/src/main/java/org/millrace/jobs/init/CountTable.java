package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.spark.ColumnNames;
import org.millrace.jobs.init.SeenTable.SeenColumn;
import org.millrace.jobs.init.SeenTable.SeenFiles;

/**
 * Counts what a table holds: rows, values, days. Driver only; two Spark jobs, the rows are held.
 */
final class CountTable {
  private static final int COUNTS = 3; // of each column

  private final Optional<LocalDate> first;

  /**
   * Prepares to count.
   *
   * @param first what is older than this day counts on it; empty for no such day
   */
  CountTable(Optional<LocalDate> first) {
    this.first = requireNonNull(first, "first is null");
  }

  /**
   * The same table with all that was counted.
   *
   * @throws MillraceException of category DATA_CONTRACT if it has no rows, or no times
   */
  SeenTable counted(SeenTable table, Optional<TimeColumn> time) {
    Dataset<Row> rows = table.rows().persist(StorageLevel.MEMORY_AND_DISK());
    Row found = counts(table, rows);
    long all = found.getLong(0);
    if (all == 0) {
      throw refused(table, "it has no rows; a first pipeline is written from data");
    }

    Optional<String> day =
        table.files().isPresent()
            ? time.map(of -> Words.free(of.dayName(), names(table)))
            : table.day();
    NavigableMap<LocalDate, Long> days = new TreeMap<>();
    long withoutDay = dayOf(table, time).map(of -> days(rows, of, days)).orElse(0L);
    if (day.isPresent() && days.isEmpty()) {
      throw refused(table, "no row has a time in " + time.map(TimeColumn::name).orElse(day.get()));
    }

    return new SeenTable(
        table.table(),
        table.location(),
        columns(table, found),
        rows,
        all,
        started(table, rows, time, days),
        day,
        days,
        table.files().map(of -> with(of, withoutDay)));
  }

  private static Row counts(SeenTable table, Dataset<Row> rows) {
    List<Column> counts = new ArrayList<>();
    for (SeenColumn seen : table.columns()) {
      Column column = ColumnNames.column(seen.name());
      counts.add(count(column));
      counts.add(approx_count_distinct(column));
      counts.add(
          isFloating(seen.type())
              ? count_if(isnan(column).or(abs(column).equalTo(lit(Double.POSITIVE_INFINITY))))
              : lit(0L));
    }

    return rows.agg(count(lit(1)), counts.toArray(Column[]::new)).head();
  }

  private static boolean isFloating(DataType type) {
    return type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType);
  }

  private static List<SeenColumn> columns(SeenTable table, Row found) {
    List<SeenColumn> columns = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      SeenColumn column = table.columns().get(i);
      columns.add(
          new SeenColumn(
              column.original(),
              column.name(),
              column.type(),
              found.getLong(0) - found.getLong(1 + COUNTS * i),
              found.getLong(2 + COUNTS * i),
              column.isLocal(),
              found.getLong(3 + COUNTS * i) > 0));
    }

    return columns;
  }

  private static List<String> names(SeenTable table) {
    return table.columns().stream().map(SeenColumn::name).toList();
  }

  private static Optional<Column> dayOf(SeenTable table, Optional<TimeColumn> time) {
    return table.files().isPresent()
        ? time.map(of -> expr(of.day()))
        : table.day().map(ColumnNames::column);
  }

  /** Fills in the rows of each day; how many have none. */
  private static long days(Dataset<Row> rows, Column day, NavigableMap<LocalDate, Long> days) {
    long without = 0;
    for (Row row : rows.groupBy(day).count().collectAsList()) {
      if (row.isNullAt(0)) {
        without = row.getLong(1);
      } else {
        days.put(row.getLocalDate(0), row.getLong(1));
      }
    }

    return without;
  }

  /** The time, from the first day on: that of the questions, or that of a source that is shared. */
  private Optional<TimeColumn> started(
      SeenTable table,
      Dataset<Row> rows,
      Optional<TimeColumn> time,
      NavigableMap<LocalDate, Long> days) {
    if (time.isEmpty() || days.isEmpty()) {
      return time;
    }

    if (table.files().isEmpty()) {
      Row earliest = rows.selectExpr("min(" + time.get().day() + ")").head();
      LocalDate begin = days.firstKey();
      return earliest.isNullAt(0) || !earliest.getLocalDate(0).isBefore(begin)
          ? time
          : time.map(of -> of.notBefore(begin));
    }

    if (first.isEmpty() || !days.firstKey().isBefore(first.get())) {
      return time;
    }

    NavigableMap<LocalDate, Long> earlier = days.headMap(first.get(), false);
    long count = earlier.values().stream().mapToLong(Long::longValue).sum();
    earlier.clear();
    days.merge(first.get(), count, Long::sum);
    return time.map(of -> of.notBefore(first.get()));
  }

  private static SeenFiles with(SeenFiles files, long withoutTime) {
    return new SeenFiles(
        files.path(), files.types(), files.isText(), files.nulls(), files.notes(), withoutTime);
  }

  private static MillraceException refused(SeenTable table, String why) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot write definitions for %s: %s".formatted(table.location(), why));
  }
}
