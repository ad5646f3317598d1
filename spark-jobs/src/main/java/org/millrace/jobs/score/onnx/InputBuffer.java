package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Collects one model input for a batch of rows and hands it out as a tensor. One per task and
 * input; not thread-safe.
 */
abstract class InputBuffer {
  final InputPlan plan;

  private InputBuffer(InputPlan plan) {
    this.plan = plan;
  }

  static InputBuffer of(InputPlan plan, int batchRows) {
    return plan.kind() == InputPlan.Kind.FLOAT
        ? new Floats(plan, batchRows)
        : new Strings(plan, batchRows);
  }

  /**
   * Takes one row's value; a missing one becomes NaN, or the empty text.
   *
   * @return whether the value was missing: null, or NaN
   */
  abstract boolean put(int row, int column, Row values);

  /** The first rows as a tensor; given back with {@link #release}. */
  abstract OnnxTensor tensor(int rows) throws OrtException;

  abstract void release(OnnxTensor tensor);

  /** Frees what is kept between batches; idempotent. */
  abstract void close();

  private static OnnxTensor counted(OnnxTensor tensor) {
    NativeHandles.TENSORS.opened();
    return tensor;
  }

  private static void free(OnnxTensor tensor) {
    tensor.close();
    NativeHandles.TENSORS.closed();
  }

  /** One direct buffer that ONNX Runtime reads in place; the full batch's tensor is kept. */
  private static final class Floats extends InputBuffer {
    private final int batchRows;
    private final int width;
    private final FloatBuffer buffer;
    private @Nullable OnnxTensor full;

    Floats(InputPlan plan, int batchRows) {
      super(plan);
      this.batchRows = batchRows;
      this.width = plan.columns().size();
      this.buffer =
          ByteBuffer.allocateDirect(Math.multiplyExact(batchRows, width) * Float.BYTES)
              .order(ByteOrder.nativeOrder()) // not checked by the library: garbage otherwise
              .asFloatBuffer();
    }

    @Override
    boolean put(int row, int column, Row values) {
      int position = plan.first() + column;
      float value = values.isNullAt(position) ? Float.NaN : values.getFloat(position);
      buffer.put(row * width + column, value);
      return Float.isNaN(value);
    }

    @Override
    OnnxTensor tensor(int rows) throws OrtException {
      if (rows < batchRows) {
        return create(rows);
      }

      if (full == null) {
        full = create(batchRows);
      }

      return full;
    }

    private OnnxTensor create(int rows) throws OrtException {
      return counted(
          OnnxTensor.createTensor(
              OrtRuntime.environment(), buffer.slice(0, rows * width), plan.shape(rows)));
    }

    @Override
    void release(OnnxTensor tensor) {
      if (tensor != full) {
        free(tensor);
      }
    }

    @Override
    void close() {
      if (full != null) {
        free(full);
        full = null;
      }
    }
  }

  /** Texts are copied by ONNX Runtime: a new tensor for each batch. */
  private static final class Strings extends InputBuffer {
    private final String[] texts;

    Strings(InputPlan plan, int batchRows) {
      super(plan);
      this.texts = new String[batchRows];
    }

    @Override
    boolean put(int row, int column, Row values) {
      boolean missing = values.isNullAt(plan.first());
      texts[row] = missing ? "" : values.getString(plan.first());
      return missing;
    }

    @Override
    OnnxTensor tensor(int rows) throws OrtException {
      String[] batch = rows == texts.length ? texts : Arrays.copyOf(texts, rows);
      return counted(OnnxTensor.createTensor(OrtRuntime.environment(), batch, plan.shape(rows)));
    }

    @Override
    void release(OnnxTensor tensor) {
      free(tensor);
    }

    @Override
    void close() {}
  }
}
