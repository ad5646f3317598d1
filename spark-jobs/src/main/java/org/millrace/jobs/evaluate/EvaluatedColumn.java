package org.millrace.jobs.evaluate;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_date;

import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The column of predictions that is evaluated: names it in errors, and slices its rows by day.
 * Driver.
 */
record EvaluatedColumn(String name) {
  private static final long NO_DAY = Long.MIN_VALUE;

  /** All rows as one slice, whose number is 0. */
  static Column oneSlice() {
    return lit(0L);
  }

  /**
   * A number for each day, which {@link #date} turns back.
   *
   * @throws MillraceException DATA_CONTRACT if the column is not of type DATE
   */
  Column slice(Dataset<Row> rows, String day) {
    DataType type = type(rows, day);
    if (!type.equals(DataTypes.DateType)) {
      throw broken("column " + day + " is " + type.sql() + " vs DATE");
    }

    return coalesce(
        unix_date(ProfiledColumns.column(rows, day)).cast(DataTypes.LongType), lit(NO_DAY));
  }

  /**
   * The day of a slice.
   *
   * @throws MillraceException DATA_CONTRACT if the slice is that of rows without a day
   */
  LocalDate date(long slice, String day) {
    if (slice == NO_DAY) {
      throw broken("rows have no " + day);
    }

    return LocalDate.ofEpochDay(slice);
  }

  MillraceException broken(String reason) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT, "Cannot evaluate column " + name + ": " + reason);
  }

  static DataType type(Dataset<Row> rows, String column) {
    return rows.select(ProfiledColumns.column(rows, column)).schema().fields()[0].dataType();
  }
}
