package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * One column of arrays, or of Spark ML's vectors, as a tensor of which each row is one array. Where
 * the model leaves the length open, the first row of a batch sets it for the batch.
 *
 * <p>A null array is one missing value, so is each null or NaN in an array.
 */
final class ArrayInput extends InputBuffer {
  private static final int VECTOR_FIELDS = 4;
  private static final int BLOCK_FLOATS = 4096; // 16 KiB: read, looked at and copied in the cache
  private static final int EIGHT = 8;

  private final InputColumn column;
  private final Elements elements;
  private final boolean open;
  private int width;
  private ByteBuffer bytes;
  private FloatBuffer floats;
  private final int batchRows;

  ArrayInput(InputPlan plan, int batchRows) {
    super(plan);
    this.column = plan.columns().get(0);
    this.elements = Elements.of(plan.element());
    this.open = plan.width() < 0;
    this.width = open ? 0 : plan.width();
    this.batchRows = batchRows;
    this.bytes = direct((long) batchRows * width * elements.bytes());
    this.floats = bytes.asFloatBuffer();
  }

  @Override
  void fill(ColumnVector[] vectors, int from, int rows) {
    ColumnVector vector = vectors[0];
    boolean fast = plan.element() == OnnxJavaType.FLOAT && column.kind() == InputColumn.Kind.FLOATS;
    if (fast
        && vector instanceof OnHeapColumnVector arrays
        && arrays.arrayData() instanceof OnHeapColumnVector data
        && !arrays.hasNull()
        && !data.hasNull()) {
      fillFloats(arrays, data, from, rows);
      return;
    }

    for (int i = 0; i < rows; i++) {
      int at = from + i;
      if (vector.isNullAt(at)) {
        putMissing(i, at);
      } else if (column.kind() == InputColumn.Kind.VECTOR) {
        putVector(vector.getStruct(at), i, at);
      } else {
        putArray(vector.getArray(at), i, at);
      }
    }
  }

  @Override
  void put(SpecializedGetters values, int[] ordinals, int at) {
    if (values.isNullAt(ordinals[0])) {
      putMissing(at, at);
    } else if (column.kind() == InputColumn.Kind.VECTOR) {
      putVector(values.getStruct(ordinals[0], VECTOR_FIELDS), at, at);
    } else {
      putArray(values.getArray(ordinals[0]), at, at);
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

  private void fillFloats(OnHeapColumnVector arrays, OnHeapColumnVector data, int from, int rows) {
    for (int i = 0; i < rows; ) {
      requireWidth(arrays.getArrayLength(from + i), i);
      int together = neighbours(arrays, from + i, Math.min(rows - i, blockRows()));
      float[] values = data.getFloats(arrays.getArrayOffset(from + i), together * width);
      if (!areFinite(values)) {
        settle(values, from + i);
      }

      floats.put(i * width, values);
      i += together;
    }
  }

  private int blockRows() {
    return Math.max(1, BLOCK_FLOATS / Math.max(1, width));
  }

  /** How many arrays from this one on are as wide and lie one behind the other; 1 or more. */
  private int neighbours(OnHeapColumnVector arrays, int first, int most) {
    int offset = arrays.getArrayOffset(first);
    int count = 1;
    while (count < most
        && arrays.getArrayLength(first + count) == width
        && arrays.getArrayOffset(first + count) == offset + count * width) {
      count++;
    }

    return count;
  }

  /** One that is infinite, or large, may be taken for NaN here, never the other way round. */
  private static boolean areFinite(float[] values) {
    float finite = 0;
    int at = 0;
    for (; at <= values.length - EIGHT; at += EIGHT) {
      float left = (values[at] + values[at + 1]) + (values[at + 2] + values[at + 3]);
      float right = (values[at + 4] + values[at + 5]) + (values[at + 6] + values[at + 7]);
      finite += (left + right) * 0f; // NaN stays NaN
    }

    for (; at < values.length; at++) {
      finite += values[at] * 0f;
    }

    return finite == 0;
  }

  /** Treats missing values of neighbouring rows as the column's policy says. */
  private void settle(float[] values, int from) {
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        missed(0, from + i / width, column.nulls().rejects());
        values[i] = (float) column.nulls().number();
      }
    }
  }

  private void putArray(ArrayData values, int at, int source) {
    requireWidth(values.numElements(), at);
    int base = at * width;
    for (int i = 0; i < width; i++) {
      if (values.isNullAt(i)) {
        putMissingElement(base + i, source);
        continue;
      }

      switch (column.kind()) {
        case FLOATS -> putNumber(base + i, values.getFloat(i), source);
        case DOUBLES -> putNumber(base + i, values.getDouble(i), source);
        case INTS -> elements.put(bytes, base + i, (long) values.getInt(i));
        default -> elements.put(bytes, base + i, values.getLong(i));
      }
    }
  }

  /** Fields of Spark ML's vector: type (0 sparse, 1 dense), size, indices, values. */
  private void putVector(InternalRow vector, int at, int source) {
    boolean dense = vector.getByte(0) == 1;
    ArrayData values = vector.getArray(3);
    requireWidth(dense ? values.numElements() : vector.getInt(1), at);
    int base = at * width;
    for (int i = 0; i < width; i++) {
      elements.put(bytes, base + i, 0.0);
    }

    for (int i = 0; i < values.numElements(); i++) {
      int index = dense ? i : vector.getArray(2).getInt(i);
      putNumber(base + index, values.getDouble(i), source);
    }
  }

  private void putNumber(int index, double value, int source) {
    if (Double.isNaN(value)) {
      putMissingElement(index, source);
    } else {
      elements.put(bytes, index, value);
    }
  }

  private void putMissing(int at, int source) {
    boolean unknown = open && at == 0; // no length to fill with
    missed(0, source, unknown || column.nulls().rejects() || rejectsIntegers());
    for (int i = 0; i < width; i++) {
      elements.put(bytes, at * width + i, column.nulls().number());
    }
  }

  private void putMissingElement(int index, int source) {
    missed(0, source, column.nulls().rejects() || rejectsIntegers());
    elements.put(bytes, index, column.nulls().number());
  }

  private boolean rejectsIntegers() {
    return elements.isInteger() && column.nulls().rejectsWithoutNan();
  }

  private void requireWidth(int length, int at) {
    if (open && at == 0 && length != width) {
      width = length;
      bytes = direct((long) batchRows * length * elements.bytes());
      floats = bytes.asFloatBuffer();
    }

    if (length != width) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot score: an array of column %s has %d elements vs %d %s; pad the arrays to one length"
              .formatted(
                  column.name(),
                  length,
                  width,
                  open ? "in the first row of its batch" : "that the model asks for"));
    }
  }
}
