package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Memory into which ONNX Runtime writes an output; the latest tensor over it is kept. */
final class PinnedTensor implements AutoCloseable {
  private final OnnxJavaType element;
  private final ByteBuffer bytes;
  private long[] shape = new long[0];
  private @Nullable OnnxTensor tensor;

  /**
   * @param width most elements of a row
   */
  PinnedTensor(OnnxJavaType element, int batchRows, int width) {
    this.element = element;
    this.bytes = InputBuffer.direct((long) batchRows * width * element.size);
  }

  /** What was written, from position 0. */
  ByteBuffer bytes() {
    return bytes;
  }

  /**
   * Stays this object's: valid until the next call.
   *
   * @param wanted its shape, rows first
   */
  OnnxTensor tensor(long... wanted) throws OrtException {
    if (tensor != null && Arrays.equals(wanted, shape)) {
      return tensor;
    }

    close();
    int length = element.size;
    for (long dim : wanted) {
      length = Math.toIntExact(length * dim);
    }

    ByteBuffer part = bytes.slice(0, length).order(ByteOrder.nativeOrder());
    OnnxTensor made =
        OnnxTensor.createTensor(OrtRuntime.environment(), part, wanted.clone(), element);
    NativeHandles.TENSORS.opened();
    tensor = made;
    shape = wanted;
    return made;
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
