package org.millrace.jobs.score.onnx.trees;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.onnx.OnnxInspector;
import org.millrace.registry.onnx.TreeEnsemble;

/** Our own export: filling and encoding by ONNX Runtime, trees and sigmoid by us. */
final class TestTreeSplit {
  private static final int ROWS = 2000;

  private final Random random = new Random(17);

  @Test
  void prefixAndTreesTogetherEqualTheWholeModel() throws OrtException {
    byte[] whole = export();

    TreeReading reading = TreeModel.read(whole, PlainSessions.INSTANCE);

    assertThat(reading).isInstanceOf(TreeReading.TreeSplit.class);
    TreeReading.TreeSplit split = (TreeReading.TreeSplit) reading;
    assertThat(OnnxInspector.inspect(split.prefix(), "prefix").outputs().toString())
        .isEqualTo("[encode/row: float[N, 3]]");
    assertThat(split.model().input()).isEqualTo("encode/row");
    assertThat(split.model().features()).isEqualTo(3);
    Map<String, Object> inputs = inputs();
    float[] wanted = run(whole, inputs);
    TreeScorer scorer = split.model().scorer(ROWS);
    scorer.score(FloatBuffer.wrap(run(split.prefix(), inputs)), ROWS);
    for (int row = 0; row < ROWS; row++) {
      assertThat(Float.floatToIntBits(scorer.floats(0)[row]))
          .as("row %d", row)
          .isEqualTo(Float.floatToIntBits(wanted[row]));
    }
  }

  private byte[] export() {
    FeatureEncoding encoding =
        new FeatureEncoding(
            List.of(
                new FeatureEncoding.Numeric("temp", 0.25f),
                new FeatureEncoding.Numeric("wind", -1f)),
            List.of(
                new FeatureEncoding.Categorical(
                    "carrier", new TreeMap<>(Map.of("AA", 0.5f, "UA", -0.5f)), 0f)));
    List<TreeEnsemble.Tree> trees =
        random.ints(30).mapToObj(unused -> new TreeEnsemble.Tree(0.3, node(5))).toList();
    return OnnxExport.trees(
        encoding, new TreeEnsemble(trees), OnnxExport.Link.LOGIT, 2.0, Map.of());
  }

  private TreeEnsemble.Node node(int depth) {
    return depth == 0
        ? new TreeEnsemble.Leaf(random.nextGaussian())
        : new TreeEnsemble.Split(
            random.nextInt(3), random.nextGaussian(), node(depth - 1), node(depth - 1));
  }

  private Map<String, Object> inputs() {
    float[][] temp = new float[ROWS][1];
    float[][] wind = new float[ROWS][1];
    String[][] carrier = new String[ROWS][1];
    for (int row = 0; row < ROWS; row++) {
      temp[row][0] = random.nextInt(9) == 0 ? Float.NaN : (float) random.nextGaussian();
      wind[row][0] = random.nextInt(9) == 0 ? Float.NaN : (float) random.nextGaussian();
      carrier[row][0] = List.of("AA", "UA", "", "ZZ").get(random.nextInt(4));
    }

    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put("temp", temp);
    inputs.put("wind", wind);
    inputs.put("carrier", carrier);
    return inputs;
  }

  private static float[] run(byte[] model, Map<String, Object> inputs) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(model, options)) {
        for (Map.Entry<String, Object> input : inputs.entrySet()) {
          tensors.put(input.getKey(), OnnxTensor.createTensor(environment, input.getValue()));
        }

        try (OrtSession.Result result = session.run(tensors)) {
          OnnxTensor first = (OnnxTensor) result.get(0);
          float[] values = new float[(int) first.getInfo().getNumElements()];
          first.getFloatBuffer().get(values);
          return values;
        }
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }
}
