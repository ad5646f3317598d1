package org.millrace.features.window;

import java.util.Optional;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;
import org.millrace.features.asof.EventBucket;

/** How a value is held in a 64-bit word. */
enum ValueKind {
  BOOLEAN,
  BYTE,
  SHORT,
  INT,
  LONG,
  FLOAT,
  DOUBLE,
  /** The word is the text's rank among those of its column. */
  TEXT;

  /** The kind of a type, where values of it can be aggregated. */
  static Optional<ValueKind> of(DataType type) {
    if (type instanceof BooleanType) {
      return Optional.of(BOOLEAN);
    }
    if (type instanceof ByteType) {
      return Optional.of(BYTE);
    }
    if (type instanceof ShortType) {
      return Optional.of(SHORT);
    }
    if (type instanceof IntegerType || type instanceof DateType) {
      return Optional.of(INT);
    }
    if (type instanceof LongType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType) {
      return Optional.of(LONG);
    }
    if (type instanceof FloatType) {
      return Optional.of(FLOAT);
    }
    if (type instanceof DoubleType) {
      return Optional.of(DOUBLE);
    }

    return type instanceof StringType ? Optional.of(TEXT) : Optional.empty();
  }

  boolean isFloating() {
    return this == FLOAT || this == DOUBLE;
  }

  /** The value of a word of a floating kind. */
  double floating(long word) {
    return this == FLOAT ? Float.intBitsToFloat((int) word) : Double.longBitsToDouble(word);
  }

  /**
   * A number in the order of the values: of floating ones, -0.0 is before 0.0 and NaN the greatest.
   */
  long order(long word) {
    if (!isFloating()) {
      return word;
    }

    long bits = Double.doubleToLongBits(floating(word));
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  /** The same number for two zeros too, as they are equal. */
  long orderOfEqual(long word) {
    return isFloating() && floating(word) == 0 ? 0 : order(word);
  }

  /** The word of a number in the order of the values. */
  long word(long order) {
    if (!isFloating()) {
      return order;
    }

    long bits = order ^ (order >> 63 & Long.MAX_VALUE);
    return this == DOUBLE ? bits : Float.floatToIntBits((float) Double.longBitsToDouble(bits));
  }

  /**
   * Puts a value into an output column.
   *
   * @param column number of the value in the bucket
   */
  void put(WritableColumnVector out, int row, long word, EventBucket bucket, int column) {
    switch (this) {
      case BOOLEAN -> out.putBoolean(row, word != 0);
      case BYTE -> out.putByte(row, (byte) word);
      case SHORT -> out.putShort(row, (short) word);
      case INT -> out.putInt(row, (int) word);
      case LONG -> out.putLong(row, word);
      case FLOAT -> out.putFloat(row, Float.intBitsToFloat((int) word));
      case DOUBLE -> out.putDouble(row, Double.longBitsToDouble(word));
      case TEXT -> {
        UTF8String text = bucket.text(column, word);
        out.putByteArray(row, text.getBytes());
      }
    }
  }
}
