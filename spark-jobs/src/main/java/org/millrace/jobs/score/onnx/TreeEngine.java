package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Trees alone, without ONNX Runtime: columns are read in place. */
final class TreeEngine implements Engine {
  private final TreeOutputs outputs;
  private final InputBuffer input;
  private final ScoringTimes times;

  TreeEngine(TreeOutputs outputs, InputBuffer input, ScoringTimes times) {
    this.outputs = outputs;
    this.input = input;
    this.times = times;
  }

  @Override
  public void score(int rows, int at) {
    long start = System.nanoTime();
    if (input.width() != outputs.model().features()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot score: %s has %d values a row vs %d in the model's trees; feed what it was trained on"
              .formatted(input.plan.columns(), input.width(), outputs.model().features()));
    }

    if (input instanceof ColumnsInput columns) {
      outputs.scorer().score(columns.columns(), 0, rows);
    } else {
      ByteBuffer content = input.content(rows);
      if (input.plan.element() == OnnxJavaType.DOUBLE) {
        outputs.scorer().score(content.asDoubleBuffer(), rows);
      } else {
        outputs.scorer().score(content.asFloatBuffer(), rows);
      }
    }

    outputs.read(rows, at);
    times.ran(System.nanoTime() - start);
  }

  /** Nothing native is held. */
  @Override
  public void close() {}
}
