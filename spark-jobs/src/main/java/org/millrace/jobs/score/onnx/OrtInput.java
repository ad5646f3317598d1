package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A filled input as a tensor that ONNX Runtime reads in place. The latest tensor is kept: as long
 * as batches have the same shape, it is made once: a buffer's memory changes with its width only.
 */
final class OrtInput implements AutoCloseable {
  private final InputBuffer buffer;
  private long[] shape = new long[0];
  private @Nullable OnnxTensor tensor;

  OrtInput(InputBuffer buffer) {
    this.buffer = buffer;
  }

  String name() {
    return buffer.plan.name();
  }

  /** Stays this object's: valid until the next call. */
  OnnxTensor tensor(int rows) throws OrtException {
    long[] wanted = buffer.plan.shape(rows, buffer.width());
    if (buffer instanceof TextInput texts) {
      close();
      return keep(
          OnnxTensor.createTensor(OrtRuntime.environment(), texts.texts(rows), wanted), wanted);
    }

    ByteBuffer bytes = buffer.content(rows);
    if (tensor != null && Arrays.equals(wanted, shape)) {
      return tensor;
    }

    close();
    int length = rows * buffer.width() * Elements.of(buffer.plan.element()).bytes();
    ByteBuffer filled = bytes.slice(0, length).order(ByteOrder.nativeOrder());
    return keep(
        OnnxTensor.createTensor(OrtRuntime.environment(), filled, wanted, buffer.plan.element()),
        wanted);
  }

  private OnnxTensor keep(OnnxTensor made, long[] itsShape) {
    NativeHandles.TENSORS.opened();
    shape = itsShape;
    tensor = made;
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
