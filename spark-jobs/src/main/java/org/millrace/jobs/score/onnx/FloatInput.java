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
  private static final int EIGHT = 8;

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
      int column = 0;
      while (column < width) {
        if (arePlain(vectors, column)) {
          if (!turnEight(vectors, column, from + start, count, block, width)) {
            for (int one = column; one < column + EIGHT; one++) {
              settle(one, from + start, count, missing(one, count));
            }
          }

          column += EIGHT;
        } else {
          settle(column, from + start, count, turn(vectors[column], column, from + start, count));
          column++;
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

  /** Whether this column and the next seven are floats without nulls on the heap. */
  private boolean arePlain(ColumnVector[] vectors, int column) {
    if (column + EIGHT > width) {
      return false;
    }

    for (int one = column; one < column + EIGHT; one++) {
      if (plan.columns().get(one).kind() != InputColumn.Kind.FLOAT
          || !(vectors[one] instanceof OnHeapColumnVector plain)
          || plain.hasNull()) {
        return false;
      }
    }

    return true;
  }

  /**
   * Eight columns at a time: what is written for a row lies together.
   *
   * @return whether all values are finite; one that is infinite or NaN is not told from the other
   */
  private static boolean turnEight(
      ColumnVector[] vectors, int column, int from, int count, float[] into, int width) {
    OnHeapColumnVector a = (OnHeapColumnVector) vectors[column];
    OnHeapColumnVector b = (OnHeapColumnVector) vectors[column + 1];
    OnHeapColumnVector c = (OnHeapColumnVector) vectors[column + 2];
    OnHeapColumnVector d = (OnHeapColumnVector) vectors[column + 3];
    OnHeapColumnVector e = (OnHeapColumnVector) vectors[column + 4];
    OnHeapColumnVector f = (OnHeapColumnVector) vectors[column + 5];
    OnHeapColumnVector g = (OnHeapColumnVector) vectors[column + 6];
    OnHeapColumnVector h = (OnHeapColumnVector) vectors[column + 7];
    float finite = 0;
    for (int i = 0, to = column; i < count; i++, to += width) {
      int row = from + i;
      float va = a.getFloat(row);
      float vb = b.getFloat(row);
      float vc = c.getFloat(row);
      float vd = d.getFloat(row);
      float ve = e.getFloat(row);
      float vf = f.getFloat(row);
      float vg = g.getFloat(row);
      float vh = h.getFloat(row);
      into[to] = va;
      into[to + 1] = vb;
      into[to + 2] = vc;
      into[to + 3] = vd;
      into[to + 4] = ve;
      into[to + 5] = vf;
      into[to + 6] = vg;
      into[to + 7] = vh;
      finite += (((va + vb) + (vc + vd)) + ((ve + vf) + (vg + vh))) * 0f; // NaN stays NaN
    }

    return finite == 0;
  }

  private int missing(int column, int count) {
    int missing = 0;
    for (int i = 0, at = column; i < count; i++, at += width) {
      missing += Float.isNaN(block[at]) ? 1 : 0;
    }

    return missing;
  }

  /** Reads a column's part to its place in the block; returns how many values are missing. */
  private int turn(ColumnVector vector, int column, int from, int count) {
    FloatReader.read(vector, plan.columns().get(column), from, count, values);
    return turn(values, count, block, column, width);
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
    if (missing == 0) {
      return;
    }

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
