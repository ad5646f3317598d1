package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** Memory into which ONNX Runtime writes one float for each row; the latest tensor is kept. */
final class PinnedOutput implements AutoCloseable {
  private final OutputColumn column;
  private final boolean flat;
  private final ByteBuffer bytes;
  private final FloatBuffer floats;
  private final float[] values;
  private int rows = -1;
  private @Nullable OnnxTensor tensor;

  PinnedOutput(OutputColumn column, int batchRows) {
    this.column = column;
    this.flat = column.plan.isFlat();
    this.bytes = InputBuffer.direct((long) batchRows * Float.BYTES);
    this.floats = bytes.asFloatBuffer();
    this.values = new float[batchRows];
  }

  String name() {
    return column.plan.modelOutput();
  }

  /** Stays this object's: valid until the next call. */
  OnnxTensor tensor(int wanted) throws OrtException {
    if (tensor != null && rows == wanted) {
      return tensor;
    }

    close();
    ByteBuffer part = bytes.slice(0, wanted * Float.BYTES).order(ByteOrder.nativeOrder());
    long[] shape = flat ? new long[] {wanted} : new long[] {wanted, 1};
    OnnxTensor made =
        OnnxTensor.createTensor(OrtRuntime.environment(), part, shape, OnnxJavaType.FLOAT);
    NativeHandles.TENSORS.opened();
    tensor = made;
    rows = wanted;
    return made;
  }

  void read(int count, int at) {
    floats.get(0, values, 0, count);
    column.putFloats(values, count, at);
  }

  @Override
  public void close() {
    if (tensor != null) {
      tensor.close();
      tensor = null;
      NativeHandles.TENSORS.closed();
    }
  }
}
