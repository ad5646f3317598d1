package org.millrace.jobs.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Which columns are profiled, numbers first.
 *
 * @param numeric columns of numbers or booleans
 * @param categorical columns read as texts
 */
record ProfiledColumns(List<String> numeric, List<String> categorical) {
  List<String> names() {
    List<String> names = new ArrayList<>(numeric);
    names.addAll(categorical);
    return names;
  }

  /**
   * @throws MillraceException DATA_CONTRACT with all columns that are missing or of a wrong type
   */
  void requireIn(StructType schema) {
    List<String> problems = new ArrayList<>();
    List<String> there = Arrays.asList(schema.fieldNames());
    for (String name : names()) {
      if (!there.contains(name)) {
        problems.add("column " + name + " is missing from " + there);
      }
    }

    for (StructField field : schema.fields()) {
      boolean number =
          field.dataType() instanceof NumericType || field.dataType().equals(DataTypes.BooleanType);
      if (numeric.contains(field.name()) && !number) {
        problems.add(
            "column " + field.name() + " is " + field.dataType().sql() + " vs a number or BOOLEAN");
      }
    }

    if (!problems.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT, "Cannot profile features: " + String.join("; ", problems));
    }
  }

  static Column column(Dataset<Row> rows, String name) {
    return rows.col(quoted(name));
  }

  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
