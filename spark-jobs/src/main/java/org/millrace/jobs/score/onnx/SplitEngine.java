package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What comes before the trees in ONNX Runtime, behind the executor's shared session, and the trees
 * on what it wrote.
 */
final class SplitEngine implements Engine {
  private final SharedSession session;
  private final List<OrtInput> inputs;
  private final PinnedTensor between;
  private final TreeOutputs outputs;
  private final ScoringTimes times;
  private boolean closed;

  SplitEngine(
      SharedSession session,
      List<InputBuffer> inputs,
      TreeOutputs outputs,
      int batchRows,
      ScoringTimes times) {
    this.session = session;
    this.inputs = inputs.stream().map(OrtInput::new).toList();
    this.outputs = outputs;
    this.times = times;
    this.between =
        new PinnedTensor(
            outputs.model().takesDoubles() ? OnnxJavaType.DOUBLE : OnnxJavaType.FLOAT,
            batchRows,
            outputs.model().features());
  }

  @Override
  public void score(int rows, int at) {
    session.call(
        open -> {
          prepare(open, rows);
          return rows;
        });
    long start = System.nanoTime();
    if (outputs.model().takesDoubles()) {
      outputs.scorer().score(between.bytes().asDoubleBuffer(), rows);
    } else {
      outputs.scorer().score(between.bytes().asFloatBuffer(), rows);
    }

    outputs.read(rows, at);
    times.ran(System.nanoTime() - start);
  }

  private void prepare(OrtSession open, int rows) throws OrtException {
    long start = System.nanoTime();
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    for (OrtInput input : inputs) {
      given.put(input.name(), input.tensor(rows));
    }

    Map<String, OnnxTensor> place =
        Map.of(outputs.model().input(), between.tensor(rows, outputs.model().features()));
    long filled = System.nanoTime();
    open.run(given, Set.of(), place).close(); // a result of pinned tensors alone: they stay ours
    times.filled(filled - start);
    times.ran(System.nanoTime() - filled);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.releaseIfOpen(
          () -> {
            inputs.forEach(OrtInput::close);
            between.close();
          });
    }
  }
}
