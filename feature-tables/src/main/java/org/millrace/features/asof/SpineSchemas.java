package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Refuses, before any row is read, keys, times and names by which rows cannot be told exactly for a
 * spine. All methods throw DEFINITION. Driver only.
 *
 * @param attempt what cannot be done then, for messages: {@code join view weather}
 * @param rows whose columns are looked at
 */
public record SpineSchemas(String attempt, Dataset<Row> rows) {
  /** How columns begin that were added on the way. */
  private static final String OWN = "__millrace_";

  /**
   * Checks rows that are asked from a spine.
   *
   * @param keys column of the rows to column of the spine
   * @param times columns of the rows
   */
  public void check(Dataset<Row> spine, String asOf, Map<String, String> keys, String... times) {
    SpineSchemas ofSpine = new SpineSchemas(attempt + ": of the spine", spine);
    ofSpine.requireTimestamp(asOf);
    for (String time : times) {
      requireTimestamp(time);
    }

    keys.forEach((column, inSpine) -> checkKey(column, ofSpine, inSpine));
    if (Set.copyOf(keys.values()).size() < keys.size()) {
      throw definition("two of its keys " + keys + " name one spine column");
    }
  }

  private void checkKey(String column, SpineSchemas ofSpine, String inSpine) {
    DataType type = type(column);
    DataType spineType = ofSpine.type(inSpine);
    if (!(type instanceof AtomicType) || !type.equals(spineType)) {
      throw definition(
          "key '%s' is %s and '%s' of the spine is %s; both must be of one and the same atomic type: cast one of them"
              .formatted(column, type.sql(), inSpine, spineType.sql()));
    }
  }

  private void requireTimestamp(String column) {
    DataType type = type(column);
    if (!type.equals(DataTypes.TimestampType)) {
      throw definition(
          "column '" + column + "' is " + type.sql() + "; it must be TIMESTAMP: cast it");
    }
  }

  /** Checks that columns can stand behind those of the rows; {@code remedy} says what to rename. */
  public void requireNewNames(List<String> added, String remedy) {
    List<String> output = new ArrayList<>(List.of(rows.columns()));
    output.addAll(added);
    Set<String> seen = new HashSet<>();
    for (String column : output) {
      if (!seen.add(column.toLowerCase(Locale.ROOT))) {
        throw definition("column '" + column + "' would appear twice in the output; " + remedy);
      }
    }
  }

  /** The type of a column. */
  public DataType type(String column) {
    for (StructField field : rows.schema().fields()) {
      if (field.name().equals(column)) {
        return field.dataType();
      }
    }

    String there =
        Arrays.stream(rows.columns())
            .filter(name -> !name.startsWith(OWN))
            .collect(Collectors.joining(", "));
    throw definition("there is no column '" + column + "'; there are " + there);
  }

  /** The refusal for a problem. */
  public MillraceException definition(String problem) {
    return new MillraceException(ErrorCategory.DEFINITION, "Cannot " + attempt + ": " + problem);
  }
}
