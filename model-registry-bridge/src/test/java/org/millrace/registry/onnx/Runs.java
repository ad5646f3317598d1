package org.millrace.registry.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs a model in the real ONNX Runtime. */
final class Runs {
  private Runs() {}

  /**
   * @param columns {@code float[]} or {@code String[]} by input name, all of one length
   */
  static float[] score(byte[] model, Map<String, Object> columns) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try (OrtSession session = environment.createSession(model)) {
      for (Map.Entry<String, Object> column : columns.entrySet()) {
        tensors.put(column.getKey(), tensor(environment, column.getValue()));
      }

      try (OrtSession.Result result = session.run(tensors)) {
        FloatBuffer scores =
            ((OnnxTensor) result.get(FeatureEncoding.SCORE).orElseThrow()).getFloatBuffer();
        float[] copy = new float[scores.remaining()];
        scores.get(copy);
        return copy;
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Object values) throws OrtException {
    if (values instanceof String[] texts) {
      return OnnxTensor.createTensor(environment, texts, new long[] {texts.length, 1});
    }

    float[] numbers = (float[]) values;
    return OnnxTensor.createTensor(
        environment, FloatBuffer.wrap(numbers), new long[] {numbers.length, 1});
  }
}
