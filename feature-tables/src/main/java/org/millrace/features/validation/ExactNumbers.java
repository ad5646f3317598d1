package org.millrace.features.validation;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.millrace.features.spark.ColumnNames;
import software.amazon.glue.dqdl.model.condition.number.NumberBasedConditionOperator;

/**
 * Compares a column of numbers with numbers as they are written. A bound between two values that
 * the column's type can hold is moved to the nearest that gives the same answer: {@code x > 1.5} is
 * {@code x > 1} for whole numbers. Of FLOAT and DOUBLE the bound is the nearest value of the type.
 * Driver only.
 */
final class ExactNumbers {
  private final Column column;
  private final DataType type;
  private final int scale;
  private final BigDecimal greatest;
  private final BigDecimal least;

  private ExactNumbers(
      Column column, DataType type, int scale, BigDecimal greatest, BigDecimal least) {
    this.column = column;
    this.type = type;
    this.scale = scale;
    this.greatest = greatest;
    this.least = least;
  }

  /** Empty for a column that holds no numbers. */
  static Optional<ExactNumbers> of(String name, DataType type) {
    Column column = ColumnNames.column(name);
    if (type instanceof DecimalType decimal) {
      BigDecimal most =
          BigDecimal.ONE
              .movePointRight(decimal.precision() - decimal.scale())
              .subtract(BigDecimal.ONE.movePointLeft(decimal.scale()));
      return Optional.of(new ExactNumbers(column, type, decimal.scale(), most, most.negate()));
    }

    boolean isWhole =
        type instanceof LongType
            || type instanceof IntegerType
            || type instanceof ShortType
            || type instanceof ByteType;
    boolean isFloating = type instanceof DoubleType || type instanceof FloatType;
    return isWhole || isFloating
        ? Optional.of(
            new ExactNumbers(
                column,
                type,
                0,
                BigDecimal.valueOf(Long.MAX_VALUE),
                BigDecimal.valueOf(Long.MIN_VALUE)))
        : Optional.empty();
  }

  /**
   * Whether a row keeps a condition: true, false, or null for null.
   *
   * @param bounds numbers as they are written; {@code between} leaves both out
   */
  Column complies(NumberBasedConditionOperator operator, List<String> bounds) {
    String first = bounds.get(0);
    return switch (operator) {
      case GREATER_THAN -> above(first);
      case GREATER_THAN_EQUAL_TO -> not(below(first));
      case LESS_THAN -> below(first);
      case LESS_THAN_EQUAL_TO -> not(above(first));
      case BETWEEN -> above(first).and(below(bounds.get(1)));
      case NOT_BETWEEN -> not(above(first).and(below(bounds.get(1))));
      case EQUALS, IN -> anyOf(bounds);
      case NOT_EQUALS, NOT_IN -> not(anyOf(bounds));
    };
  }

  private Column anyOf(List<String> values) {
    return values.stream().map(this::equal).reduce(Column::or).orElseGet(() -> lit(false));
  }

  private Column above(String bound) {
    return isFloating()
        ? column.gt(floating(bound))
        : compared(Column::gt, rounded(bound, RoundingMode.FLOOR), false);
  }

  private Column below(String bound) {
    return isFloating()
        ? column.lt(floating(bound))
        : compared(Column::lt, rounded(bound, RoundingMode.CEILING), true);
  }

  private Column equal(String value) {
    if (isFloating()) {
      return column.equalTo(floating(value));
    }

    BigDecimal number = rounded(value, RoundingMode.FLOOR);
    boolean isHeld =
        number.compareTo(new BigDecimal(value)) == 0
            && number.compareTo(least) >= 0
            && number.compareTo(greatest) <= 0;
    return isHeld ? column.equalTo(literal(number)) : never();
  }

  /** A bound that no value of the type reaches has one answer for all of them. */
  private Column compared(
      BiFunction<Column, Object, Column> comparison, BigDecimal bound, boolean isBelow) {
    if (bound.compareTo(greatest) > 0) {
      return isBelow ? always() : never();
    }

    if (bound.compareTo(least) < 0) {
      return isBelow ? never() : always();
    }

    return comparison.apply(column, literal(bound));
  }

  private Column always() {
    return column.equalTo(column);
  }

  private Column never() {
    return column.notEqual(column);
  }

  private BigDecimal rounded(String bound, RoundingMode mode) {
    return new BigDecimal(bound).setScale(scale, mode);
  }

  private Column literal(BigDecimal number) {
    return type instanceof DecimalType ? lit(number).cast(type) : lit(number.longValueExact());
  }

  private boolean isFloating() {
    return type instanceof DoubleType || type instanceof FloatType;
  }

  private Column floating(String bound) {
    return type instanceof FloatType
        ? lit(Float.parseFloat(bound))
        : lit(Double.parseDouble(bound));
  }
}
