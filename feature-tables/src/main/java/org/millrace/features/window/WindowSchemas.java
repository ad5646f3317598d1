package org.millrace.features.window;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.millrace.features.asof.EventBuckets;

/** Refuses, before any row is read, what cannot be aggregated exactly. Driver only. */
final class WindowSchemas {
  private WindowSchemas() {}

  static void check(Dataset<Row> spine, String asOf, EventWindows view) {
    String name = view.name();
    requireTimestamp(name + ": of the spine", spine, asOf);
    requireTimestamp(name, view.events(), view.eventTimestamp());
    requireTimestamp(name, view.events(), view.knownAt());
    view.keys().forEach((event, inSpine) -> checkKey(spine, view, event, inSpine));
    if (Set.copyOf(view.keys().values()).size() < view.keys().size()) {
      throw Aggregate.definition(
          name + ": two of its keys " + view.keys() + " name one spine column");
    }

    for (StructField field : spine.schema().fields()) {
      if (!EventBuckets.holds(field.dataType())) {
        throw Aggregate.definition(
            name
                + ": column '"
                + field.name()
                + "' of the spine is "
                + field.dataType().sql()
                + ", which is not atomic; leave it out and join it back, or add it afterwards");
      }
    }

    checkOutput(spine, view);
  }

  private static void checkOutput(Dataset<Row> spine, EventWindows view) {
    List<String> output = new ArrayList<>(List.of(spine.columns()));
    output.addAll(view.columns());
    Set<String> seen = new HashSet<>();
    for (String column : output) {
      if (!seen.add(column.toLowerCase(Locale.ROOT))) {
        throw Aggregate.definition(
            view.name()
                + ": column '"
                + column
                + "' would stand twice in the output; name an aggregate with as(...)");
      }
    }
  }

  private static void checkKey(
      Dataset<Row> spine, EventWindows view, String eventColumn, String spineColumn) {
    DataType inEvents = type(view.name(), view.events(), eventColumn);
    DataType inSpine = type(view.name() + ": of the spine", spine, spineColumn);
    if (!(inEvents instanceof AtomicType) || !inEvents.equals(inSpine)) {
      throw Aggregate.definition(
          view.name()
              + ": key '"
              + eventColumn
              + "' is "
              + inEvents.sql()
              + " and '"
              + spineColumn
              + "' of the spine is "
              + inSpine.sql()
              + "; both must be of one and the same atomic type: cast one of them");
    }
  }

  private static void requireTimestamp(String where, Dataset<Row> rows, String column) {
    DataType type = type(where, rows, column);
    if (!type.equals(DataTypes.TimestampType)) {
      throw Aggregate.definition(
          where + ": column '" + column + "' is " + type.sql() + "; it must be TIMESTAMP: cast it");
    }
  }

  /** The kind of the values an aggregate reads; that of a count of events is without meaning. */
  static ValueKind kind(EventWindows view, Aggregate aggregate) {
    if (aggregate.column().isEmpty()) {
      return ValueKind.LONG;
    }

    String column = aggregate.column().get();
    DataType type = type(view.name(), view.events(), column);
    Optional<ValueKind> kind = ValueKind.of(type);
    boolean isNumber = type instanceof NumericType;
    if (kind.isEmpty() || (aggregate.function().needsNumbers() && !isNumber)) {
      boolean isDecimal = isNumber && kind.isEmpty();
      throw Aggregate.definition(
          view.name()
              + ": "
              + aggregate.function()
              + " of column '"
              + column
              + "', which is "
              + type.sql()
              + (isDecimal
                  ? "; cast it to DOUBLE, or to BIGINT in its smallest unit"
                  : "; take a column of " + allowed(aggregate.function())));
    }

    return kind.get();
  }

  private static String allowed(WindowFunction function) {
    return function.needsNumbers() ? "numbers" : "numbers, booleans, text, dates or timestamps";
  }

  static DataType type(String where, Dataset<Row> rows, String column) {
    for (StructField field : rows.schema().fields()) {
      if (field.name().equals(column)) {
        return field.dataType();
      }
    }

    throw Aggregate.definition(
        where
            + ": there is no column '"
            + column
            + "'; there are "
            + String.join(", ", rows.columns()));
  }
}
