package org.millrace.jobs.score.onnx;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** Columns of texts as one tensor of strings, which ONNX Runtime copies. */
final class TextInput extends InputBuffer {
  private final int width;
  private final String[] texts;

  TextInput(InputPlan plan, int batchRows) {
    super(plan);
    this.width = plan.columns().size();
    this.texts = new String[Math.multiplyExact(batchRows, width)];
  }

  @Override
  void fill(ColumnVector[] vectors, int from, int rows) {
    for (int column = 0; column < width; column++) {
      ColumnVector vector = vectors[column];
      for (int i = 0; i < rows; i++) {
        boolean missing = vector.isNullAt(from + i);
        put(column, i, from + i, missing ? null : vector.getUTF8String(from + i));
      }
    }
  }

  @Override
  void put(SpecializedGetters row, int[] ordinals, int at) {
    for (int column = 0; column < width; column++) {
      int ordinal = ordinals[column];
      put(column, at, at, row.isNullAt(ordinal) ? null : row.getUTF8String(ordinal));
    }
  }

  private void put(int column, int at, int row, @Nullable UTF8String text) {
    NullPolicy nulls = plan.columns().get(column).nulls();
    if (text == null) {
      missed(column, row, nulls.rejectsWithoutNan());
    }

    texts[at * width + column] = text == null ? nulls.text() : text.toString();
  }

  @Override
  int width() {
    return width;
  }

  String[] texts(int rows) {
    int count = rows * width;
    return count == texts.length ? texts : Arrays.copyOf(texts, count);
  }

  @Override
  ByteBuffer content(int rows) {
    throw new UnsupportedOperationException("Cannot hand out texts as bytes: input " + plan.name());
  }
}
