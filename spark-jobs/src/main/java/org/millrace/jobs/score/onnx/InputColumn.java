package org.millrace.jobs.score.onnx;

import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;

/**
 * A feature column as a task reads it. Travels to executors inside the closure.
 *
 * @param name of the column
 * @param kind of its values, or of its arrays' elements
 * @param precision of decimals, else 0
 * @param scale of decimals, else 0
 * @param nulls what a missing value becomes
 */
record InputColumn(String name, Kind kind, int precision, int scale, NullPolicy nulls)
    implements Serializable {
  /** How values are read from Spark's rows and columns. */
  enum Kind {
    FLOAT,
    DOUBLE,
    INT,
    LONG,
    SHORT,
    BYTE,
    BOOLEAN,
    DECIMAL,
    STRING,
    FLOATS,
    DOUBLES,
    INTS,
    LONGS,
    VECTOR;

    boolean isArray() {
      return this == FLOATS || this == DOUBLES || this == INTS || this == LONGS || this == VECTOR;
    }
  }

  /** Empty where no model input can be fed from the type. */
  static Optional<InputColumn> of(String name, DataType type, NullPolicy nulls) {
    if (type instanceof DecimalType decimal) {
      return Optional.of(
          new InputColumn(name, Kind.DECIMAL, decimal.precision(), decimal.scale(), nulls));
    }

    return kind(type).map(kind -> new InputColumn(name, kind, 0, 0, nulls));
  }

  private static Optional<Kind> kind(DataType type) {
    if (type instanceof ArrayType array) {
      return arrayKind(array.elementType());
    }

    if (type.equals(SQLDataTypes.VectorType())) {
      return Optional.of(Kind.VECTOR);
    }

    return Optional.ofNullable(
        type instanceof FloatType
            ? Kind.FLOAT
            : type instanceof DoubleType
                ? Kind.DOUBLE
                : type instanceof IntegerType
                    ? Kind.INT
                    : type instanceof LongType
                        ? Kind.LONG
                        : type instanceof ShortType
                            ? Kind.SHORT
                            : type instanceof ByteType
                                ? Kind.BYTE
                                : type instanceof BooleanType
                                    ? Kind.BOOLEAN
                                    : type instanceof StringType ? Kind.STRING : null);
  }

  private static Optional<Kind> arrayKind(DataType element) {
    return Optional.ofNullable(
        element instanceof FloatType
            ? Kind.FLOATS
            : element instanceof DoubleType
                ? Kind.DOUBLES
                : element instanceof IntegerType
                    ? Kind.INTS
                    : element instanceof LongType ? Kind.LONGS : null);
  }
}
