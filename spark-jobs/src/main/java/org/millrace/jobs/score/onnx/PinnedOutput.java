package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;

/** An output of one float for each row, written by ONNX Runtime into our memory. */
final class PinnedOutput implements AutoCloseable {
  private final OutputColumn column;
  private final PinnedTensor pinned;
  private final FloatBuffer floats;
  private final float[] values;

  PinnedOutput(OutputColumn column, int batchRows) {
    this.column = column;
    this.pinned = new PinnedTensor(OnnxJavaType.FLOAT, batchRows, 1);
    this.floats = pinned.bytes().asFloatBuffer();
    this.values = new float[batchRows];
  }

  String name() {
    return column.plan.modelOutput();
  }

  /** Stays this object's: valid until the next call. */
  OnnxTensor tensor(int wanted) throws OrtException {
    return column.plan.isFlat() ? pinned.tensor(wanted) : pinned.tensor(wanted, 1);
  }

  void read(int count, int at) {
    floats.get(0, values, 0, count);
    column.putFloats(values, count, at);
  }

  @Override
  public void close() {
    pinned.close();
  }
}
