package org.millrace.jobs.score.onnx;

import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.FloatType;

/**
 * Collects one output column of a batch of rows. One per task and column; memory is used again for
 * the next batch.
 */
final class OutputColumn {
  final OutputPlan plan;
  final OnHeapColumnVector vector;
  private double[] doubles = new double[0];

  OutputColumn(OutputPlan plan, int capacity) {
    this.plan = plan;
    this.vector = new OnHeapColumnVector(capacity, plan.type());
  }

  /** Forgets the former batch, and makes room. */
  void reset(int rows) {
    vector.reset();
    vector.reserve(rows);
  }

  /** One float a row: the common case, in bulk. */
  void putFloats(float[] values, int rows, int at) {
    if (plan.type() instanceof FloatType) {
      vector.putFloats(at, rows, values, 0);
      return;
    }

    if (doubles.length < rows) {
      doubles = new double[rows];
    }

    for (int i = 0; i < rows; i++) {
      doubles[i] = values[i];
    }

    vector.putDoubles(at, rows, doubles, 0);
  }

  /**
   * Rows of a tensor.
   *
   * @param values all rows' elements
   * @param dims of a row, as they came out
   */
  void put(TensorValues values, long[] dims, int rows, int at) {
    int width = width(dims);
    if (plan.pick() != null) {
      int index = plan.index().orElseThrow();
      for (int i = 0; i < rows; i++) {
        values.put(vector, plan.type(), at + i, i * width + index);
      }

      return;
    }

    int depth = plan.type() instanceof ArrayType ? 0 : dims.length;
    for (int i = 0; i < rows; i++) {
      put(vector, plan.type(), at + i, values, dims, depth, i * width);
    }
  }

  static int width(long[] dims) {
    long width = 1;
    for (long dim : dims) {
      width = Math.multiplyExact(width, dim);
    }

    return Math.toIntExact(width);
  }

  /** Writes one row's block of elements, depth first. */
  private static void put(
      WritableColumnVector into,
      DataType type,
      int at,
      TensorValues values,
      long[] dims,
      int depth,
      int index) {
    if (depth == dims.length) {
      values.put(into, type, at, index);
      return;
    }

    DataType element = ((ArrayType) type).elementType();
    int length = Math.toIntExact(dims[depth]);
    int step = 1;
    for (int i = depth + 1; i < dims.length; i++) {
      step = Math.multiplyExact(step, Math.toIntExact(dims[i]));
    }

    WritableColumnVector child = into.arrayData();
    int offset = child.getElementsAppended();
    child.reserve(offset + length);
    into.putArray(at, offset, length);
    child.addElementsAppended(length);
    for (int i = 0; i < length; i++) {
      put(child, element, offset + i, values, dims, depth + 1, index + i * step);
    }
  }
}
