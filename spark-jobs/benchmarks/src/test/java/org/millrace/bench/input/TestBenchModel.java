package org.millrace.bench.input;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TestBenchModel {
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DEEP", "DEEP_BINNED", "FOREST"}) // as GBT, larger
  void isTheSameEachTimeAndGivesOneScoreARow(BenchModel model) throws OrtException {
    byte[] bytes = model.bytes();
    assertThat(bytes).isEqualTo(model.bytes());
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    float[] rows = new float[3 * model.width()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) Math.sin(i);
    }

    try (OrtSession session = environment.createSession(bytes);
        OnnxTensor input =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(rows), new long[] {3, model.width()});
        OrtSession.Result result = session.run(Map.of("x", input))) {
      assertThat(session.getOutputNames()).containsExactly("score");
      FloatBuffer scores = ((OnnxTensor) result.get(0)).getFloatBuffer();
      assertThat(scores.remaining()).isEqualTo(3);
      assertThat(scores.get(0)).isFinite().isNotEqualTo(scores.get(1));
    }
  }
}
