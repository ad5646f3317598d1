package org.millrace.features.spark;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Columns by their exact names, whatever characters those have. */
public final class ColumnNames {
  private ColumnNames() {}

  /** A column of whatever it is applied to. */
  public static Column column(String name) {
    return functions.col(quoted(name));
  }

  /** A column of one dataset. */
  public static Column column(Dataset<Row> rows, String name) {
    return rows.col(quoted(name));
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
