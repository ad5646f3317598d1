package org.millrace.jobs.score.onnx;

import java.nio.ByteBuffer;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.vectorized.ColumnVector;

/** Columns of numbers as columns of floats: for engines that read column by column. */
final class ColumnsInput extends InputBuffer {
  private final float[][] columns;

  ColumnsInput(InputPlan plan, int batchRows) {
    super(plan);
    this.columns = new float[plan.columns().size()][batchRows];
  }

  /** By feature and row. */
  float[][] columns() {
    return columns;
  }

  @Override
  void fill(ColumnVector[] vectors, int from, int rows) {
    for (int column = 0; column < columns.length; column++) {
      FloatReader.read(vectors[column], plan.columns().get(column), from, rows, columns[column]);
      int missing = missing(columns[column], rows);
      if (missing > 0) {
        settle(column, from, rows, missing);
      }
    }
  }

  private static int missing(float[] values, int rows) {
    int missing = 0;
    for (int i = 0; i < rows; i++) {
      missing += Float.isNaN(values[i]) ? 1 : 0;
    }

    return missing;
  }

  /** Treats the missing values of a column as its policy says. */
  private void settle(int column, int from, int rows, int missing) {
    NullPolicy nulls = plan.columns().get(column).nulls();
    missed(column, missing);
    if (nulls.kind() == NullPolicy.Kind.NAN) {
      return;
    }

    float[] values = columns[column];
    for (int i = 0; i < rows; i++) {
      if (Float.isNaN(values[i])) {
        if (nulls.rejects()) {
          throw new RejectedInput(plan.columns().get(column).name(), from + i);
        }

        values[i] = (float) nulls.number();
      }
    }
  }

  @Override
  void put(SpecializedGetters row, int[] ordinals, int at) {
    for (int column = 0; column < columns.length; column++) {
      InputColumn read = plan.columns().get(column);
      float value = FloatReader.read(row, ordinals[column], read);
      if (Float.isNaN(value)) {
        missed(column, at, read.nulls().rejects());
        value = (float) read.nulls().number();
      }

      columns[column][at] = value;
    }
  }

  @Override
  int width() {
    return columns.length;
  }

  @Override
  ByteBuffer content(int rows) {
    throw new UnsupportedOperationException(
        "Cannot hand out columns as rows: input " + plan.name());
  }
}
