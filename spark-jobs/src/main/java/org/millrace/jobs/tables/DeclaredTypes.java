package org.millrace.jobs.tables;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.input.WiderType;
import org.millrace.features.spark.ColumnNames;

/**
 * Columns as the types that a definition declares. Spark's cast makes null of what it cannot read
 * and another number of one that is too great; here such a value ends the job. Numbers may be
 * rounded to FLOAT, DOUBLE and DECIMAL, and become texts.
 *
 * <p>Placement: made on the driver, evaluated on executors.
 *
 * @param what names the definition in an error
 * @param schema of the rows
 */
public record DeclaredTypes(String what, StructType schema) implements Serializable {
  /** The column of a declared type, under its own name. */
  Column column(String name, String declared) {
    DataType type = DataType.fromDDL(declared);
    DataType found = found(name);
    Column column = ColumnNames.column(name);
    Column cast = column.cast(type);
    if (neverLoses(found, type)) {
      return cast.as(name);
    }

    Column isLost = column.isNotNull().and(cast.isNull());
    if (type instanceof NumericType && !isRounded(type)) {
      isLost = isLost.or(cast.cast(found).notEqual(column));
    } else if (type instanceof FloatType) {
      Column number = column.cast(DataTypes.DoubleType);
      isLost = isLost.or(isInfinite(cast).and(not(isInfinite(number))));
    }

    String of = what;
    UDF1<@Nullable String, @Nullable String> refuse =
        value -> {
          throw new MillraceException(
              ErrorCategory.DATA_CONTRACT,
              "Cannot compute %s: its column '%s' is declared %s, which cannot hold the value '%s' of its SQL's %s; declare another type, or cast it there"
                  .formatted(of, name, type.sql(), value, found.sql()));
        };
    Column refused =
        udf(refuse, DataTypes.StringType).apply(column.cast(DataTypes.StringType)).cast(type);
    return when(isLost, refused).otherwise(cast).as(name);
  }

  /** As SQL finds it: whatever the case of its letters. */
  private DataType found(String name) {
    for (StructField field : schema.fields()) {
      if (field.name().equalsIgnoreCase(name)) {
        return field.dataType();
      }
    }

    throw new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot compute %s: its SQL yields no column '%s'; it yields %s"
            .formatted(what, name, String.join(", ", schema.fieldNames())));
  }

  private static Column isInfinite(Column number) {
    return abs(number).equalTo(lit(Double.POSITIVE_INFINITY));
  }

  private static boolean neverLoses(DataType found, DataType type) {
    boolean isRoundedNumber = found instanceof NumericType && type instanceof DoubleType;
    return found.equals(type)
        || type instanceof StringType
        || isRoundedNumber
        || (!(type instanceof NumericType) && !(found instanceof StringType))
        || WiderType.of(found, type).filter(type::equals).isPresent();
  }

  /** Whether a number may become the nearest one of the type. */
  private static boolean isRounded(DataType type) {
    return type instanceof FloatType || type instanceof DoubleType || type instanceof DecimalType;
  }

  /** Whether a column of a type can be declared as another one: a text is no number, nor a time. */
  public static boolean canBe(DataType found, DataType type) {
    return found.equals(type)
        || type instanceof StringType
        || (found instanceof NumericType && type instanceof NumericType)
        || (found instanceof BooleanType && type instanceof NumericType)
        || WiderType.of(found, type).filter(type::equals).isPresent()
        || (!(found instanceof StringType)
            && !(found instanceof NumericType)
            && !(type instanceof NumericType)
            && org.apache.spark.sql.catalyst.expressions.Cast.canCast(found, type));
  }
}
