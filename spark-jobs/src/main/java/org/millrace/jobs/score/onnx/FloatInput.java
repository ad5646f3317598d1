package org.millrace.jobs.score.onnx;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * Columns of numbers as one tensor of floats, row by row. Columns are turned into rows in blocks
 * that stay in the first-level cache.
 */
final class FloatInput extends InputBuffer {
  private static final int BLOCK_FLOATS = 8192; // 32 KiB

  private final int width;
  private final int blockRows;
  private final float[] block;
  private final float[] values;
  private final ByteBuffer bytes;
  private final FloatBuffer floats;

  FloatInput(InputPlan plan, int batchRows) {
    super(plan);
    this.width = plan.columns().size();
    this.blockRows = Math.min(batchRows, Math.max(16, BLOCK_FLOATS / width));
    this.block = new float[Math.multiplyExact(blockRows, width)];
    this.values = new float[blockRows];
    this.bytes = direct((long) batchRows * width * Float.BYTES);
    this.floats = bytes.asFloatBuffer();
  }

  @Override
  void fill(ColumnVector[] vectors, int from, int rows) {
    for (int start = 0; start < rows; start += blockRows) {
      int count = Math.min(blockRows, rows - start);
      for (int column = 0; column < width; column++) {
        int missing = turn(vectors[column], column, from + start, count);
        if (missing > 0) {
          settle(column, from + start, count, missing);
        }
      }

      floats.put(start * width, block, 0, count * width);
    }
  }

  @Override
  void put(SpecializedGetters row, int[] ordinals, int at) {
    for (int column = 0; column < width; column++) {
      InputColumn read = plan.columns().get(column);
      float value = FloatReader.read(row, ordinals[column], read);
      if (Float.isNaN(value)) {
        missed(column, at, read.nulls().rejects());
        value = (float) read.nulls().number();
      }

      floats.put(at * width + column, value);
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

  /** Reads a column's part to its place in the block; returns how many values are missing. */
  private int turn(ColumnVector vector, int column, int from, int count) {
    InputColumn read = plan.columns().get(column);
    if (read.kind() == InputColumn.Kind.FLOAT
        && vector instanceof OnHeapColumnVector plain
        && !plain.hasNull()) {
      return turn(plain, from, count, block, column, width);
    }

    FloatReader.read(vector, read, from, count, values);
    return turn(values, count, block, column, width);
  }

  private static int turn(
      OnHeapColumnVector vector, int from, int count, float[] into, int column, int width) {
    int missing = 0;
    for (int i = 0, to = column; i < count; i++, to += width) {
      float value = vector.getFloat(from + i);
      into[to] = value;
      missing += Float.isNaN(value) ? 1 : 0;
    }

    return missing;
  }

  private static int turn(float[] values, int count, float[] into, int column, int width) {
    int missing = 0;
    for (int i = 0, to = column; i < count; i++, to += width) {
      float value = values[i];
      into[to] = value;
      missing += Float.isNaN(value) ? 1 : 0;
    }

    return missing;
  }

  /** Treats the missing values of a column's part as its policy says. */
  private void settle(int column, int from, int count, int missing) {
    NullPolicy nulls = plan.columns().get(column).nulls();
    missed(column, missing);
    if (nulls.kind() == NullPolicy.Kind.NAN) {
      return;
    }

    for (int i = 0; i < count; i++) {
      int at = i * width + column;
      if (Float.isNaN(block[at])) {
        if (nulls.rejects()) {
          throw new RejectedInput(plan.columns().get(column).name(), from + i);
        }

        block[at] = (float) nulls.number();
      }
    }
  }
}
