package org.millrace.features.input;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.NullType;

/**
 * The type that holds all values of two types as they are: INT and BIGINT give BIGINT. Unlike
 * Spark's own coercion it never rounds: BIGINT and DOUBLE give none.
 */
public final class WiderType {
  private static final List<DataType> INTEGERS =
      List.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType);
  private static final int[] DIGITS = {3, 5, 10, 19};

  private WiderType() {}

  /** The narrowest such type; empty where there is none. */
  public static Optional<DataType> of(DataType one, DataType other) {
    if (one.equals(other) || other instanceof NullType) {
      return Optional.of(one);
    }

    if (one instanceof NullType) {
      return Optional.of(other);
    }

    if (one instanceof ArrayType a && other instanceof ArrayType b) {
      boolean hasNulls = a.containsNull() || b.containsNull();
      return of(a.elementType(), b.elementType())
          .map(element -> DataTypes.createArrayType(element, hasNulls));
    }

    return numbers(one, other)
        .or(() -> numbers(other, one))
        .or(
            () ->
                isTime(one) && isTime(other)
                    ? Optional.of(DataTypes.TimestampType)
                    : Optional.empty());
  }

  private static boolean isTime(DataType type) {
    return type.equals(DataTypes.TimestampType) || type.equals(DataTypes.TimestampNTZType);
  }

  private static Optional<DataType> numbers(DataType narrow, DataType wide) {
    int integer = INTEGERS.indexOf(narrow);
    if (integer >= 0) {
      return ofInteger(integer, wide);
    }

    if (narrow.equals(DataTypes.FloatType) && wide.equals(DataTypes.DoubleType)) {
      return Optional.of(wide);
    }

    return narrow instanceof DecimalType a && wide instanceof DecimalType b
        ? decimal(
            Math.max(a.precision() - a.scale(), b.precision() - b.scale()),
            Math.max(a.scale(), b.scale()))
        : Optional.empty();
  }

  private static Optional<DataType> ofInteger(int integer, DataType wide) {
    int other = INTEGERS.indexOf(wide);
    if (other >= 0) {
      return Optional.of(INTEGERS.get(Math.max(integer, other)));
    }

    if (wide.equals(DataTypes.DoubleType)) {
      return integer <= 2 ? Optional.of(wide) : Optional.empty();
    }

    if (wide.equals(DataTypes.FloatType)) {
      return integer <= 1
          ? Optional.of(wide)
          : integer == 2 ? Optional.of(DataTypes.DoubleType) : Optional.empty();
    }

    return wide instanceof DecimalType decimal
        ? decimal(Math.max(DIGITS[integer], decimal.precision() - decimal.scale()), decimal.scale())
        : Optional.empty();
  }

  private static Optional<DataType> decimal(int digits, int scale) {
    return digits + scale <= DecimalType.MAX_PRECISION()
        ? Optional.of(DataTypes.createDecimalType(digits + scale, scale))
        : Optional.empty();
  }
}
