package org.millrace.jobs.room;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;

/** Rows by day. Driver only. */
public final class DayCounts {
  private static final int MAX_WRITERS = 8;

  private DayCounts() {}

  /** Rows of each day of the range, 0 where there are none; one Spark job. */
  public static NavigableMap<LocalDate, Long> of(
      Dataset<Row> rows, String dayColumn, DayRange days) {
    TreeMap<LocalDate, Long> counts = new TreeMap<>();
    days.days().forEach(day -> counts.put(day, 0L));
    for (Row row : rows.groupBy(col(dayColumn)).agg(count(lit(1))).collectAsList()) {
      counts.put(row.getLocalDate(0), row.getLong(1));
    }

    return counts;
  }

  /** The same rows, those of one day in one task: so a day becomes one file. */
  public static Dataset<Row> oneFileADay(Dataset<Row> rows, String dayColumn, DayRange days) {
    return days.size() == 1
        ? rows.coalesce(1)
        : rows.repartition(Math.min(days.size(), MAX_WRITERS), col(dayColumn))
            .sortWithinPartitions(dayColumn);
  }
}
