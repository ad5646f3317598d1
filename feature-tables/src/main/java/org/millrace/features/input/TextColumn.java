package org.millrace.features.input;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.time.ZoneId;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.spark.ColumnNames;

/**
 * A column of texts as a column of a type: each value is read exactly, or ends the job with
 * DATA_CONTRACT, the value and its file.
 *
 * <p>Placement: made on the driver, evaluated on executors.
 *
 * @param what names the input in an error
 * @param name of the column
 * @param nulls texts that mean that there is no value
 * @param zone of times that are written without one
 */
record TextColumn(String what, String name, List<String> nulls, ZoneId zone)
    implements Serializable {
  /** What a decoder puts where bytes are none of the character set. */
  private static final String UNDECODABLE = "\uFFFD";

  /** Copies the list. */
  TextColumn {
    nulls = List.copyOf(nulls);
  }

  /** Whether texts can be read as a type. */
  static boolean canBe(DataType type) {
    return type instanceof BooleanType
        || isWhole(type)
        || type instanceof FloatType
        || type instanceof DoubleType
        || type instanceof DecimalType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType
        || type instanceof StringType;
  }

  /** Whether a type is one of whole numbers. */
  static boolean isWhole(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  /**
   * The column.
   *
   * @param file the column of the rows' files
   * @param isDecoded whether bytes that are none of the character set came as a sign for such
   */
  Column as(DataType type, Column file, boolean isDecoded) {
    Column text = ColumnNames.column(name).cast(DataTypes.StringType);
    Column given =
        nulls.isEmpty() ? text : when(text.isin(nulls.toArray()), lit(null)).otherwise(text);
    if (type instanceof StringType && !isDecoded) {
      return given;
    }

    if (type instanceof StringType) {
      UDF2<@Nullable String, String, @Nullable String> refuse =
          (value, of) -> {
            throw wrong(
                value, of, "a text", "it is not written in the character set that it is read by");
          };
      Column refused = functions.udf(refuse, type).apply(given, file);
      return when(given.contains(UNDECODABLE), refused).otherwise(given);
    }

    UDF2<@Nullable String, String, @Nullable Object> read = (value, of) -> value(value, of, type);
    return functions.udf(read, type).apply(given, file);
  }

  /** A value, read; null for none. */
  @Nullable Object value(@Nullable String text, String file, DataType type) {
    if (text == null || text.isBlank()) {
      return null;
    }

    try {
      return value(text, type);
    } catch (TextValue.Unreadable e) {
      throw wrong(text, file, type.sql(), e.getMessage());
    }
  }

  /** Refuses the name of a directory that Spark's cast would read otherwise, such as 1e3. */
  void named(String text, String directory, DataType type) {
    value(text, directory, type);
    if (isWhole(type) && !text.isBlank() && !text.strip().matches("[+-]?[0-9]+")) {
      throw wrong(text, directory, type.sql(), "it is not written in digits alone");
    }
  }

  private Object value(String text, DataType type) throws TextValue.Unreadable {
    if (type instanceof BooleanType) {
      return TextValue.bool(text);
    }

    if (type instanceof DecimalType decimal) {
      return TextValue.decimal(text, decimal.precision(), decimal.scale());
    }

    if (type instanceof DateType) {
      return TextValue.date(text);
    }

    if (type instanceof TimestampType) {
      return TextValue.instant(text, zone);
    }

    return type instanceof TimestampNTZType ? TextValue.local(text) : number(text, type);
  }

  private static Object number(String text, DataType type) throws TextValue.Unreadable {
    if (type instanceof DoubleType) {
      return TextValue.number(text);
    }

    if (type instanceof FloatType) {
      return TextValue.single(text);
    }

    if (type instanceof LongType) {
      return TextValue.whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    if (type instanceof IntegerType) {
      return (int) TextValue.whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    return type instanceof ShortType
        ? (Object) (short) TextValue.whole(text, Short.MIN_VALUE, Short.MAX_VALUE)
        : (Object) (byte) TextValue.whole(text, Byte.MIN_VALUE, Byte.MAX_VALUE);
  }

  private MillraceException wrong(
      @Nullable String value, String file, String expected, @Nullable String why) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot read column '%s' of %s: expected %s, found '%s' in %s: %s; mend the file, or specify how it is to be read: columns, nulls, zone or encoding of an input"
            .formatted(name, what, expected, shortened(value), FoundFiles.shown(file), why));
  }

  static String shortened(@Nullable String value) {
    String text = String.valueOf(value);
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }
}
