package org.millrace.features.window;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.definition.AggregateFunction;

/**
 * Aggregates of {@link WindowOracle} in Spark's own functions; only sums that are to be exact are
 * {@link ExactSums}. Driver only; stateless.
 */
final class OracleColumns {
  private OracleColumns() {}

  /**
   * An aggregate of a value that is null where an event does not count; {@code event} and {@code
   * known} are columns beside it.
   */
  static Column aggregated(Aggregate aggregate, ValueKind kind, Column value) {
    return switch (aggregate.function()) {
      case COUNT -> functions.count(value);
      case MIN -> functions.min(value);
      case MAX -> functions.max(value);
      case SUM ->
          kind.isFloating()
              ? exact(aggregate.function(), kind, value)
              : functions.sum(value.cast("decimal(20,0)"));
      case AVG, STDDEV -> exact(aggregate.function(), kind, value);
      case COUNT_DISTINCT -> // collect_set would count each NaN
          functions.size(functions.array_distinct(functions.collect_list(oneZero(kind, value))));
      case QUANTILE -> quantile(aggregate.parameter(), value);
      case LAST -> last(aggregate.parameter(), value);
    };
  }

  private static Column exact(AggregateFunction function, ValueKind kind, Column value) {
    return kind.isFloating()
        ? functions
            .udaf(new ExactSums<Double>(function), Encoders.DOUBLE())
            .apply(value.cast(DataTypes.DoubleType))
        : functions
            .udaf(new ExactSums<Long>(function), Encoders.LONG())
            .apply(value.cast(DataTypes.LongType));
  }

  private static Column oneZero(ValueKind kind, Column value) {
    return kind.isFloating()
        ? functions.when(value.equalTo(lit(0)), lit(0)).otherwise(value)
        : value;
  }

  private static Column quantile(long millionths, Column value) {
    Column sorted = functions.sort_array(functions.collect_list(value));
    Column rank =
        functions.ceil(
            functions
                .size(sorted)
                .cast("decimal(10,0)")
                .multiply(lit(millionths).cast("decimal(7,0)"))
                .divide(lit(Aggregate.MILLION).cast("decimal(7,0)")));
    Column nearest = greatest(rank.cast(DataTypes.IntegerType), lit(1));
    return functions.when(functions.size(sorted).gt(lit(0)), functions.element_at(sorted, nearest));
  }

  private static Column last(long most, Column value) {
    Column events =
        functions.sort_array(
            functions.collect_list(
                functions.when(
                    value.isNotNull(),
                    functions.struct(col("event"), col("known"), value.as("value")))),
            false);
    return functions.when(
        functions.size(events).gt(lit(0)),
        functions.slice(events, 1, (int) most).getField("value"));
  }
}
