package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * Collects one model input for a batch of rows, from columns or from rows. One per task and input;
 * executors only; not thread-safe. Holds no native handle.
 */
abstract class InputBuffer {
  final InputPlan plan;
  private final long[] missing;

  InputBuffer(InputPlan plan) {
    this.plan = plan;
    this.missing = new long[plan.columns().size()];
  }

  /**
   * Room for so many rows.
   *
   * @param batchRows rows handed to the engine at once
   */
  static InputBuffer of(InputPlan plan, int batchRows) {
    if (plan.element() == OnnxJavaType.STRING) {
      return new TextInput(plan, batchRows);
    }

    if (plan.isArray()) {
      return new ArrayInput(plan, batchRows);
    }

    return plan.element() == OnnxJavaType.FLOAT
        ? new FloatInput(plan, batchRows)
        : new NumberInput(plan, batchRows);
  }

  /**
   * Takes rows of a columnar batch, as rows 0 and on of this buffer.
   *
   * @param vectors of this input's columns
   * @param from first row in the vectors
   * @throws RejectedInput with the row's position in the vectors
   */
  abstract void fill(ColumnVector[] vectors, int from, int rows);

  /**
   * Takes one row.
   *
   * @param ordinals of this input's columns in the row
   * @param at the row's place in this buffer
   * @throws RejectedInput with that place
   */
  abstract void put(SpecializedGetters row, int[] ordinals, int at);

  /** Elements of each of the batch's rows. */
  abstract int width();

  /** The batch row by row, in native order, from position 0; the same memory every time. */
  abstract ByteBuffer content(int rows);

  /** Missing values so far, by column. */
  final long[] missing() {
    return missing;
  }

  final void missed(int column, long count) {
    missing[column] += count;
  }

  /** Counts a missing value; throws where the policy rejects it. */
  final void missed(int column, int row, boolean rejects) {
    missing[column]++;
    if (rejects) {
      throw new RejectedInput(plan.columns().get(column).name(), row);
    }
  }

  /** Native order is not checked by ONNX Runtime: garbage otherwise. */
  static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }
}
