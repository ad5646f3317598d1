package org.millrace.jobs.score.onnx.trees;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** One ONNX Runtime session with one thread a call, open while a model is read. Closing is due. */
final class Reference implements AutoCloseable {
  private final SessionSource sessions;
  private final OrtSession session;

  /**
   * @throws OrtException where it refuses the model
   */
  Reference(SessionSource sessions, byte[] model) throws OrtException {
    this.sessions = sessions;
    this.session = sessions.open(model);
  }

  /**
   * Type and shape of the first output, found by running one row of zeros and empty texts: ONNX
   * Runtime cannot tell the width behind every operator beforehand.
   */
  TensorInfo output() throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
        inputs.put(input.getKey(), oneRow(input.getValue()));
      }

      try (OrtSession.Result result = session.run(inputs)) {
        if (result.get(0).getInfo() instanceof TensorInfo info) {
          return info;
        }

        throw new NotCovered("its trees take no tensor");
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor oneRow(NodeInfo input) throws OrtException {
    if (!(input.getInfo() instanceof TensorInfo info)) {
      throw new NotCovered("its input " + input.getName() + " is no tensor");
    }

    long[] shape = Arrays.stream(info.getShape()).map(one -> Math.max(1, one)).toArray();
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    if (info.type == OnnxJavaType.STRING) {
      String[] texts = new String[count];
      Arrays.fill(texts, "");
      return OnnxTensor.createTensor(environment, texts, shape);
    }

    ByteBuffer zeros =
        ByteBuffer.allocateDirect(Math.multiplyExact(count, info.type.size))
            .order(ByteOrder.nativeOrder());
    return OnnxTensor.createTensor(environment, zeros, shape, info.type);
  }

  /** Runs on columns of floats; the caller closes the result. */
  OrtSession.Result run(float[][] columns) throws OrtException {
    int rows = columns[0].length;
    var buffer =
        ByteBuffer.allocateDirect(rows * columns.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int row = 0; row < rows; row++) {
      for (float[] column : columns) {
        buffer.put(column[row]);
      }
    }

    long[] shape = {rows, columns.length};
    return run(OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer.rewind(), shape));
  }

  /** Runs on columns of doubles; the caller closes the result. */
  OrtSession.Result run(double[][] columns) throws OrtException {
    int rows = columns[0].length;
    var buffer =
        ByteBuffer.allocateDirect(rows * columns.length * Double.BYTES)
            .order(ByteOrder.nativeOrder())
            .asDoubleBuffer();
    for (int row = 0; row < rows; row++) {
      for (double[] column : columns) {
        buffer.put(column[row]);
      }
    }

    long[] shape = {rows, columns.length};
    return run(OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer.rewind(), shape));
  }

  private OrtSession.Result run(OnnxTensor input) throws OrtException {
    try (input) {
      return session.run(Map.of(session.getInputNames().iterator().next(), input));
    }
  }

  static OnnxTensor tensor(OrtSession.Result result, String name) {
    OnnxValue value =
        result.get(name).orElseThrow(() -> new IllegalStateException("no output " + name));
    return (OnnxTensor) value;
  }

  @Override
  public void close() throws OrtException {
    sessions.close(session);
  }
}
