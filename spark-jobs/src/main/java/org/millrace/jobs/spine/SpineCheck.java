package org.millrace.jobs.spine;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lake.Lake;

/**
 * Counts the rows of a spine by day, and refuses a spine that names a row twice or asks on another
 * day than it says. Driver only.
 */
public final class SpineCheck {
  private SpineCheck() {}

  /**
   * Rows of each day; one Spark job.
   *
   * @param days days that must have rows
   * @throws MillraceException of category DATA_CONTRACT where the id is not unique, {@code as_of}
   *     is null or lies on another day than the day column says; INPUT_MISSING where a day has no
   *     rows
   */
  public static NavigableMap<LocalDate, Long> requireSound(
      Lake lake, SpineDefinition spine, Dataset<Row> rows, Collection<LocalDate> days) {
    Column localDay =
        from_utc_timestamp(col(SpineFeatures.AS_OF), lake.dayZone().getId()).cast("date");
    Column astray = functions.not(localDay.eqNullSafe(col(spine.day())));
    Column[] moreIds = spine.id().stream().skip(1).map(functions::col).toArray(Column[]::new);
    Dataset<Row> byDay =
        rows.groupBy(col(spine.day()))
            .agg(
                count(lit(1)),
                countDistinct(col(spine.id().get(0)), moreIds),
                sum(when(astray, 1).otherwise(0)));
    NavigableMap<LocalDate, Long> counts = new TreeMap<>();
    for (Row row : byDay.collectAsList()) {
      requireUnique(spine, row);
      requireOnItsDay(spine, row);
      counts.put(row.getLocalDate(0), row.getLong(1));
    }

    for (LocalDate day : days) {
      if (!counts.containsKey(day)) {
        throw new MillraceException(
            ErrorCategory.INPUT_MISSING,
            "Cannot use spine "
                + spine.name()
                + " of "
                + day
                + ": it has no rows; ingest that day first");
      }
    }

    return counts;
  }

  private static void requireUnique(SpineDefinition spine, Row row) {
    if (row.getLong(1) != row.getLong(2)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use spine "
              + spine.name()
              + " of "
              + row.getLocalDate(0)
              + ": "
              + row.getLong(1)
              + " rows have only "
              + row.getLong(2)
              + " distinct "
              + spine.id()
              + "; make the id unique, and never null");
    }
  }

  private static void requireOnItsDay(SpineDefinition spine, Row row) {
    if (row.getLong(3) != 0) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use spine "
              + spine.name()
              + " of "
              + row.getLocalDate(0)
              + ": "
              + row.getLong(3)
              + " rows have an as_of that is null or on another day than "
              + spine.day()
              + " in the platform's day zone");
    }
  }
}
