package org.millrace.features.window;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** What is computed over the events of a window. */
enum WindowFunction {
  COUNT,
  SUM,
  AVG,
  STDDEV,
  MIN,
  MAX,
  COUNT_DISTINCT,
  QUANTILE,
  LAST;

  /** Whether values must be numbers. */
  boolean needsNumbers() {
    return this == SUM || this == AVG || this == STDDEV;
  }

  /** Whether it has a value where the window is empty. */
  boolean isNullable() {
    return this != COUNT && this != COUNT_DISTINCT;
  }

  /** Type of the result for values of a kind and type. */
  DataType result(ValueKind kind, DataType of) {
    return switch (this) {
      case COUNT, COUNT_DISTINCT -> DataTypes.LongType;
      case SUM -> kind.isFloating() ? DataTypes.DoubleType : DataTypes.LongType;
      case AVG, STDDEV -> DataTypes.DoubleType;
      case MIN, MAX, QUANTILE -> of;
      case LAST -> DataTypes.createArrayType(of, false);
    };
  }
}
