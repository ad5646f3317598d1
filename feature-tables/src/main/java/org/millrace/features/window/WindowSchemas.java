package org.millrace.features.window;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.millrace.contracts.definition.AggregateFunction;
import org.millrace.features.asof.EventBuckets;
import org.millrace.features.asof.SpineSchemas;

/** Refuses, before any row is read, what cannot be aggregated exactly. Driver only. */
final class WindowSchemas {
  private WindowSchemas() {}

  static void check(Dataset<Row> spine, String asOf, EventWindows view) {
    SpineSchemas schema = schema(view);
    schema.check(spine, asOf, view.keys(), view.eventTimestamp(), view.knownAt());
    for (StructField field : spine.schema().fields()) {
      if (!EventBuckets.holds(field.dataType())) {
        throw schema.definition(
            "column '"
                + field.name()
                + "' of the spine is "
                + field.dataType().sql()
                + ", which is not atomic; leave it out and join it back, or add it afterwards");
      }
    }

    new SpineSchemas(schema.attempt(), spine)
        .requireNewNames(view.columns(), "name an aggregate with as(...)");
  }

  private static SpineSchemas schema(EventWindows view) {
    return new SpineSchemas("aggregate " + view.name(), view.events());
  }

  /** The type of an aggregate's column in the output. */
  static DataType result(EventWindows view, Aggregate aggregate) {
    DataType read = aggregate.column().map(schema(view)::type).orElse(DataTypes.LongType);
    return result(aggregate.function(), kind(view, aggregate), read);
  }

  /** The kind of the values an aggregate reads; that of a count of events is without meaning. */
  static ValueKind kind(EventWindows view, Aggregate aggregate) {
    if (aggregate.column().isEmpty()) {
      return ValueKind.LONG;
    }

    String column = aggregate.column().get();
    DataType type = schema(view).type(column);
    Optional<ValueKind> kind = ValueKind.of(type);
    boolean isNumber = type instanceof NumericType;
    if (kind.isEmpty() || (aggregate.function().needsNumbers() && !isNumber)) {
      boolean isDecimal = isNumber && kind.isEmpty();
      throw schema(view)
          .definition(
              aggregate.function()
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

  private static String allowed(AggregateFunction function) {
    return function.needsNumbers() ? "numbers" : "numbers, booleans, text, dates or timestamps";
  }

  /** Type of a function's result for values of a kind and type. */
  private static DataType result(AggregateFunction function, ValueKind kind, DataType of) {
    return switch (function) {
      case COUNT, COUNT_DISTINCT -> DataTypes.LongType;
      case SUM -> kind.isFloating() ? DataTypes.DoubleType : DataTypes.LongType;
      case AVG, STDDEV -> DataTypes.DoubleType;
      case MIN, MAX, QUANTILE -> of;
      case LAST -> DataTypes.createArrayType(of, false);
    };
  }
}
