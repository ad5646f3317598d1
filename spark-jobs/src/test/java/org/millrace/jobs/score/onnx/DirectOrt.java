package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Map;

/** The reference: ONNX Runtime used plainly, one call over all rows, without our code. */
final class DirectOrt {
  private DirectOrt() {}

  static float[] score(byte[] model, Map<String, Object> inputs) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> tensors = new java.util.HashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(model, options)) {
        for (Map.Entry<String, Object> input : inputs.entrySet()) {
          tensors.put(input.getKey(), OnnxTensor.createTensor(environment, input.getValue()));
        }

        try (OrtSession.Result result = session.run(tensors)) {
          float[] scores = new float[(int) ((OnnxTensor) result.get(0)).getInfo().getNumElements()];
          ((OnnxTensor) result.get(0)).getFloatBuffer().get(scores);
          return scores;
        }
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }
}
