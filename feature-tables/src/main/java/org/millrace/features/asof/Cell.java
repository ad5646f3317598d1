package org.millrace.features.asof;

import java.math.BigInteger;
import java.util.Arrays;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DayTimeIntervalType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.sql.types.YearMonthIntervalType;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * How a value of an atomic type is held in a 64-bit word: by itself, or, where it is open-ended, as
 * bytes elsewhere with the word saying where.
 */
enum Cell {
  BOOLEAN,
  BYTE,
  SHORT,
  INT,
  LONG,
  FLOAT,
  DOUBLE,
  DECIMAL,
  TEXT,
  BINARY,
  WIDE_DECIMAL;

  /** Throws IllegalArgumentException for what {@link #holds} refuses. */
  static Cell of(DataType type) {
    if (type instanceof BooleanType) {
      return BOOLEAN;
    }
    if (type instanceof ByteType) {
      return BYTE;
    }
    if (type instanceof ShortType) {
      return SHORT;
    }
    if (type instanceof IntegerType
        || type instanceof DateType
        || type instanceof YearMonthIntervalType) {
      return INT;
    }
    if (type instanceof LongType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType
        || type instanceof DayTimeIntervalType) {
      return LONG;
    }
    if (type instanceof FloatType) {
      return FLOAT;
    }
    if (type instanceof DoubleType) {
      return DOUBLE;
    }
    if (type instanceof DecimalType decimal) {
      return decimal.precision() <= Decimal.MAX_LONG_DIGITS() ? DECIMAL : WIDE_DECIMAL;
    }
    if (type instanceof StringType) {
      return TEXT;
    }
    if (type instanceof BinaryType) {
      return BINARY;
    }

    throw new IllegalArgumentException("Cannot hold a value of " + type.sql() + " in a cell");
  }

  /** Whether values of this type have a cell; arrays, structs and maps have none. */
  static boolean holds(DataType type) {
    return type instanceof BooleanType
        || type instanceof org.apache.spark.sql.types.NumericType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType
        || type instanceof DayTimeIntervalType
        || type instanceof YearMonthIntervalType
        || type instanceof StringType
        || type instanceof BinaryType;
  }

  /** Whether values have no largest size. */
  boolean isOpen() {
    return this == TEXT || this == BINARY || this == WIDE_DECIMAL;
  }

  /** The word of a fixed value that is not null. */
  long word(ColumnVector column, int row) {
    return switch (this) {
      case BOOLEAN -> column.getBoolean(row) ? 1 : 0;
      case BYTE -> column.getByte(row);
      case SHORT -> column.getShort(row);
      case INT -> column.getInt(row);
      case LONG -> column.getLong(row);
      case FLOAT -> Float.floatToRawIntBits(column.getFloat(row));
      case DOUBLE -> Double.doubleToRawLongBits(column.getDouble(row));
      case DECIMAL -> decimal(column, row).toUnscaledLong();
      case TEXT, BINARY, WIDE_DECIMAL -> throw new IllegalStateException(this + " has no word");
    };
  }

  /** The bytes of an open value that is not null. */
  byte[] bytes(ColumnVector column, int row) {
    return switch (this) {
      case TEXT -> column.getUTF8String(row).getBytes();
      case BINARY -> column.getBinary(row);
      case WIDE_DECIMAL -> wideDecimal(column, row);
      default -> throw new IllegalStateException(this + " has no bytes");
    };
  }

  static byte[] wideDecimal(ColumnVector column, int row) {
    return decimal(column, row).toJavaBigDecimal().unscaledValue().toByteArray();
  }

  private static Decimal decimal(ColumnVector column, int row) {
    DecimalType type = (DecimalType) column.dataType();
    return column.getDecimal(row, type.precision(), type.scale());
  }

  /** Order of two fixed values, Spark's: -0.0 equals 0.0, NaN is the greatest and equals itself. */
  int compare(long a, long b) {
    return switch (this) {
      case FLOAT -> compare(Float.intBitsToFloat((int) a), Float.intBitsToFloat((int) b));
      case DOUBLE -> compare(Double.longBitsToDouble(a), Double.longBitsToDouble(b));
      default -> Long.compare(a, b);
    };
  }

  private static int compare(double a, double b) {
    return a == b ? 0 : Double.compare(a, b);
  }

  /** Order of two open values, Spark's. */
  int compare(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
    if (this == WIDE_DECIMAL) {
      return new BigInteger(a, aFrom, aTo - aFrom).compareTo(new BigInteger(b, bFrom, bTo - bFrom));
    }

    return Arrays.compareUnsigned(a, aFrom, aTo, b, bFrom, bTo);
  }
}
