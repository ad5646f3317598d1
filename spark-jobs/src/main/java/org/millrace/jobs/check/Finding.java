package org.millrace.jobs.check;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * Something wrong in a definition.
 *
 * @param place file, line and where it is known the column
 * @param what what was expected and what is there
 */
record Finding(String place, String what) {
  /** The SQL does not yield a column that the definition names. */
  static Finding missing(String place, String column, StructType yielded) {
    return new Finding(
        place,
        "'sql' yields no column '%s'; it yields %s"
            .formatted(column, String.join(", ", yielded.fieldNames())));
  }

  /** The SQL yields a column of another type than it must have. */
  static Finding ofType(String place, String column, DataType found, String wanted) {
    return new Finding(
        place,
        "'%s' is %s where 'sql' makes it, and must be %s: cast it there"
            .formatted(column, found.sql(), wanted));
  }

  @Override
  public String toString() {
    return place + ": " + what;
  }
}
