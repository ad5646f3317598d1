package org.millrace.jobs.spine;

import java.util.Arrays;
import java.util.Collection;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.millrace.features.spark.ColumnNames;

/** Times without a zone are of UTC, in spines and labels as in views. Driver only. */
public final class LocalTimes {
  private LocalTimes() {}

  /** True for a type whose values are instants, or are taken as such. */
  public static boolean isTime(DataType type) {
    return type.equals(DataTypes.TimestampType) || type.equals(DataTypes.TimestampNTZType);
  }

  /** Rows whose columns of these names are TIMESTAMP where they were TIMESTAMP_NTZ. */
  public static Dataset<Row> asInstants(Dataset<Row> rows, Collection<String> times) {
    StructField[] fields = rows.schema().fields();
    boolean isLocal = Arrays.stream(fields).anyMatch(field -> isLocal(field, times));
    if (!isLocal) {
      return rows;
    }

    return rows.select(
        Arrays.stream(fields)
            .map(field -> isLocal(field, times) ? instant(field) : column(field))
            .toArray(Column[]::new));
  }

  private static boolean isLocal(StructField field, Collection<String> times) {
    return times.contains(field.name()) && field.dataType().equals(DataTypes.TimestampNTZType);
  }

  private static Column column(StructField field) {
    return ColumnNames.column(field.name());
  }

  private static Column instant(StructField field) {
    return column(field).cast(DataTypes.TimestampType).as(field.name(), field.metadata());
  }
}
