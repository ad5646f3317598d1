package org.millrace.jobs.score.onnx;

import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * Numbers of Spark's types as floats, converted as Spark's cast does; null becomes NaN. Stateless.
 *
 * <p>The loops over {@link OnHeapColumnVector}, which the Parquet reader makes, name that final
 * class so that the compiler inlines the reads; others go through virtual calls.
 */
final class FloatReader {
  private FloatReader() {}

  static float read(SpecializedGetters row, int ordinal, InputColumn column) {
    if (row.isNullAt(ordinal)) {
      return Float.NaN;
    }

    return switch (column.kind()) {
      case FLOAT -> row.getFloat(ordinal);
      case DOUBLE -> (float) row.getDouble(ordinal);
      case INT -> row.getInt(ordinal);
      case LONG -> row.getLong(ordinal);
      case SHORT -> row.getShort(ordinal);
      case BYTE -> row.getByte(ordinal);
      case BOOLEAN -> row.getBoolean(ordinal) ? 1 : 0;
      case DECIMAL -> row.getDecimal(ordinal, column.precision(), column.scale()).toFloat();
      case STRING, FLOATS, DOUBLES, INTS, LONGS, VECTOR -> throw unread(column);
    };
  }

  /** Reads rows {@code from} and on of the vector to the places 0 and on. */
  static void read(ColumnVector vector, InputColumn column, int from, int rows, float[] into) {
    boolean mayBeNull = vector.hasNull();
    if (vector instanceof OnHeapColumnVector heap
        && !(mayBeNull && heap.hasDictionary()) // a null row may have no entry
        && readHeap(heap, column, from, rows, into)) {
      if (mayBeNull) {
        for (int i = 0; i < rows; i++) {
          if (heap.isNullAt(from + i)) {
            into[i] = Float.NaN;
          }
        }
      }

      return;
    }

    for (int i = 0; i < rows; i++) {
      into[i] = mayBeNull && vector.isNullAt(from + i) ? Float.NaN : read(vector, column, from + i);
    }
  }

  /** Null rows read as whatever lies there. */
  private static boolean readHeap(
      OnHeapColumnVector vector, InputColumn column, int from, int rows, float[] into) {
    switch (column.kind()) {
      case FLOAT -> floats(vector, from, rows, into);
      case DOUBLE -> doubles(vector, from, rows, into);
      case INT -> ints(vector, from, rows, into);
      case LONG -> longs(vector, from, rows, into);
      default -> {
        return false;
      }
    }

    return true;
  }

  private static void floats(OnHeapColumnVector vector, int from, int rows, float[] into) {
    for (int i = 0; i < rows; i++) {
      into[i] = vector.getFloat(from + i);
    }
  }

  private static void doubles(OnHeapColumnVector vector, int from, int rows, float[] into) {
    for (int i = 0; i < rows; i++) {
      into[i] = (float) vector.getDouble(from + i);
    }
  }

  private static void ints(OnHeapColumnVector vector, int from, int rows, float[] into) {
    for (int i = 0; i < rows; i++) {
      into[i] = vector.getInt(from + i);
    }
  }

  private static void longs(OnHeapColumnVector vector, int from, int rows, float[] into) {
    for (int i = 0; i < rows; i++) {
      into[i] = vector.getLong(from + i);
    }
  }

  private static float read(ColumnVector vector, InputColumn column, int row) {
    return switch (column.kind()) {
      case FLOAT -> vector.getFloat(row);
      case DOUBLE -> (float) vector.getDouble(row);
      case INT -> vector.getInt(row);
      case LONG -> vector.getLong(row);
      case SHORT -> vector.getShort(row);
      case BYTE -> vector.getByte(row);
      case BOOLEAN -> vector.getBoolean(row) ? 1 : 0;
      case DECIMAL -> vector.getDecimal(row, column.precision(), column.scale()).toFloat();
      case STRING, FLOATS, DOUBLES, INTS, LONGS, VECTOR -> throw unread(column);
    };
  }

  private static IllegalStateException unread(InputColumn column) {
    return new IllegalStateException("Cannot read column " + column.name() + " as a number");
  }
}
