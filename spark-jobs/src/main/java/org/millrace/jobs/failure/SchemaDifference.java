package org.millrace.jobs.failure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Names the columns in which two schemas differ, out of what Spark or Delta printed of them. */
final class SchemaDifference {
  private static final Pattern COLUMN =
      Pattern.compile("(?m)^\\s*(?:\\|)?-- (.+): (\\S+) \\(nullable = ");

  private SchemaDifference() {}

  /** Of the message of a refused write, which prints both schemas as trees. */
  static String of(String message) {
    int data = message.indexOf("Data schema:");
    if (data < 0) {
      return "the columns of the rows are not the table's";
    }

    String table = message.substring(0, data);
    return describe(columns(table), columns(message.substring(data)), "the table", "the rows");
  }

  /** Of two quoted {@code STRUCT<...>}. */
  static String ofStructs(String left, String right) {
    return describe(columnsOfStruct(left), columnsOfStruct(right), "one file", "another");
  }

  private static Map<String, String> columns(String tree) {
    Map<String, String> columns = new LinkedHashMap<>();
    Matcher matcher = COLUMN.matcher(tree);
    while (matcher.find()) {
      columns.put(matcher.group(1), matcher.group(2));
    }

    return columns;
  }

  private static Map<String, String> columnsOfStruct(String quoted) {
    Map<String, String> columns = new LinkedHashMap<>();
    if (DataType.fromDDL(quoted.replace("\"", "")) instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        columns.put(field.name(), field.dataType().simpleString());
      }
    }

    return columns;
  }

  private static String describe(
      Map<String, String> left, Map<String, String> right, String leftName, String rightName) {
    List<String> differences = new ArrayList<>();
    left.forEach(
        (name, type) -> {
          String other = right.getOrDefault(name, "absent");
          if (!other.equals(type)) {
            differences.add(
                "column '%s' is %s in %s and %s in %s"
                    .formatted(name, type, leftName, other, rightName));
          }
        });
    right.forEach(
        (name, type) -> {
          if (!left.containsKey(name)) {
            differences.add(
                "column '%s' is absent in %s and %s in %s"
                    .formatted(name, leftName, type, rightName));
          }
        });
    return differences.isEmpty()
        ? "the columns differ in more than names and types"
        : String.join(", ", differences);
  }
}
