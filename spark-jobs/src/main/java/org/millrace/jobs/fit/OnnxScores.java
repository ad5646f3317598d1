package org.millrace.jobs.fit;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.registry.onnx.FeatureEncoding;

/** Scores rows in memory with ONNX Runtime, one thread, one batch. Driver only. */
final class OnnxScores {
  private OnnxScores() {}

  /**
   * The scores of each row, in order: of several classes one for each, side by side.
   *
   * @param inputs the leading columns of the rows, in this order; null is NaN or the empty text
   */
  static float[] of(Path onnx, List<ModelPackage.Field> inputs, List<Row> rows) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    List<OnnxTensor> opened = new ArrayList<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(onnx.toString(), options)) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        for (int column = 0; column < inputs.size(); column++) {
          OnnxTensor tensor = tensor(environment, inputs.get(column), rows, column);
          opened.add(tensor);
          tensors.put(inputs.get(column).name(), tensor);
        }

        try (OrtSession.Result result = session.run(tensors)) {
          OnnxTensor score = (OnnxTensor) result.get(FeatureEncoding.SCORE).orElseThrow();
          FloatBuffer buffer = score.getFloatBuffer();
          float[] scores = new float[buffer.remaining()];
          buffer.get(scores);
          return scores;
        }
      }
    } catch (OrtException e) {
      throw new MillraceException(
          ErrorCategory.INTERNAL,
          "Cannot run the exported model " + onnx + ": " + Causes.words(e),
          e);
    } finally {
      opened.forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor tensor(
      OrtEnvironment environment, ModelPackage.Field input, List<Row> rows, int column)
      throws OrtException {
    long[] shape = {rows.size(), 1};
    if (input.type().equals("string")) {
      String[] texts = new String[rows.size()];
      for (int row = 0; row < texts.length; row++) {
        texts[row] = rows.get(row).isNullAt(column) ? "" : rows.get(row).getString(column);
      }

      return OnnxTensor.createTensor(environment, texts, shape);
    }

    FloatBuffer numbers = FloatBuffer.allocate(rows.size());
    for (Row row : rows) {
      numbers.put(row.isNullAt(column) ? Float.NaN : row.getFloat(column));
    }

    return OnnxTensor.createTensor(environment, numbers.flip(), shape);
  }
}
