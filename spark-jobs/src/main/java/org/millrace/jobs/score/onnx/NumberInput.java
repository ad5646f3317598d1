package org.millrace.jobs.score.onnx;

import java.nio.ByteBuffer;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.vectorized.ColumnVector;

/** Columns of numbers or booleans as one tensor of any element type but float and string. */
final class NumberInput extends InputBuffer {
  private final int width;
  private final Elements elements;
  private final ByteBuffer bytes;

  NumberInput(InputPlan plan, int batchRows) {
    super(plan);
    this.width = plan.columns().size();
    this.elements = Elements.of(plan.element());
    this.bytes = direct((long) batchRows * width * elements.bytes());
  }

  @Override
  void fill(ColumnVector[] vectors, int from, int rows) {
    for (int column = 0; column < width; column++) {
      ColumnVector vector = vectors[column];
      InputColumn read = plan.columns().get(column);
      for (int i = 0; i < rows; i++) {
        int row = from + i;
        if (vector.isNullAt(row)) {
          putMissing(column, i, row);
        } else if (elements.isInteger()) {
          putLong(column, i, row, integer(vector, read, row));
        } else {
          putDouble(column, i, row, number(vector, read, row));
        }
      }
    }
  }

  @Override
  void put(SpecializedGetters row, int[] ordinals, int at) {
    for (int column = 0; column < width; column++) {
      InputColumn read = plan.columns().get(column);
      int ordinal = ordinals[column];
      if (row.isNullAt(ordinal)) {
        putMissing(column, at, at);
      } else if (elements.isInteger()) {
        putLong(column, at, at, integer(row, read, ordinal));
      } else {
        putDouble(column, at, at, number(row, read, ordinal));
      }
    }
  }

  @Override
  int width() {
    return width;
  }

  @Override
  ByteBuffer content(int rows) {
    return bytes;
  }

  private void putMissing(int column, int at, int row) {
    NullPolicy nulls = plan.columns().get(column).nulls();
    missed(column, row, elements.isInteger() ? nulls.rejectsWithoutNan() : nulls.rejects());
    if (elements.isInteger()) {
      if (nulls.number() != Math.rint(nulls.number())) {
        throw unfit(column, row, nulls.number());
      }

      putLong(column, at, row, (long) nulls.number());
    } else if (elements.holds(nulls.number())) {
      elements.put(bytes, at * width + column, nulls.number());
    } else {
      throw unfit(column, row, nulls.number());
    }
  }

  private void putLong(int column, int at, int row, long value) {
    if (!elements.holds(value)) {
      throw unfit(column, row, value);
    }

    elements.put(bytes, at * width + column, value);
  }

  private void putDouble(int column, int at, int row, double value) {
    double given = value;
    if (Double.isNaN(value)) {
      NullPolicy nulls = plan.columns().get(column).nulls();
      missed(column, row, nulls.rejects());
      given = nulls.number();
    } else if (!elements.holds(value)) {
      throw unfit(column, row, value);
    }

    elements.put(bytes, at * width + column, given);
  }

  private RejectedInput unfit(int column, int row, Object value) {
    String name = plan.columns().get(column).name();
    return RejectedInput.unfit(name, row, value, plan.element().name());
  }

  private static long integer(SpecializedGetters row, InputColumn column, int ordinal) {
    return switch (column.kind()) {
      case INT -> row.getInt(ordinal);
      case LONG -> row.getLong(ordinal);
      case SHORT -> row.getShort(ordinal);
      case BYTE -> row.getByte(ordinal);
      case BOOLEAN -> row.getBoolean(ordinal) ? 1 : 0;
      default -> throw new IllegalStateException("Cannot read an integer from " + column.name());
    };
  }

  private static long integer(ColumnVector vector, InputColumn column, int row) {
    return switch (column.kind()) {
      case INT -> vector.getInt(row);
      case LONG -> vector.getLong(row);
      case SHORT -> vector.getShort(row);
      case BYTE -> vector.getByte(row);
      case BOOLEAN -> vector.getBoolean(row) ? 1 : 0;
      default -> throw new IllegalStateException("Cannot read an integer from " + column.name());
    };
  }

  private static double number(SpecializedGetters row, InputColumn column, int ordinal) {
    return switch (column.kind()) {
      case FLOAT -> row.getFloat(ordinal);
      case DOUBLE -> row.getDouble(ordinal);
      case DECIMAL -> row.getDecimal(ordinal, column.precision(), column.scale()).toDouble();
      default -> integer(row, column, ordinal);
    };
  }

  private static double number(ColumnVector vector, InputColumn column, int row) {
    return switch (column.kind()) {
      case FLOAT -> vector.getFloat(row);
      case DOUBLE -> vector.getDouble(row);
      case DECIMAL -> vector.getDecimal(row, column.precision(), column.scale()).toDouble();
      default -> integer(vector, column, row);
    };
  }
}
