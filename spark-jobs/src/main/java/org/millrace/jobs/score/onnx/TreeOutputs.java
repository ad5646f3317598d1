package org.millrace.jobs.score.onnx;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.List;
import org.millrace.jobs.score.onnx.trees.TreeModel;
import org.millrace.jobs.score.onnx.trees.TreeOutput;
import org.millrace.jobs.score.onnx.trees.TreeScorer;

/** A task's tree scorer, and how its results get into the output columns. For one thread. */
final class TreeOutputs {
  private final TreeModel model;
  private final TreeScorer scorer;
  private final List<OutputColumn> columns;
  private final int[] outputs;

  /**
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT where a column does not fit
   */
  TreeOutputs(TreeModel model, List<OutputColumn> columns, int batchRows) {
    this.model = model;
    this.scorer = model.scorer(batchRows);
    this.columns = columns;
    this.outputs = columns.stream().mapToInt(column -> output(column.plan)).toArray();
  }

  private int output(OutputPlan plan) {
    List<TreeOutput> made = model.outputs();
    for (int at = 0; at < made.size(); at++) {
      if (made.get(at).name().equals(plan.modelOutput())) {
        if (made.get(at).keys().isEmpty()) {
          plan.requireDims(dims(made.get(at)));
        }

        return at;
      }
    }

    throw new IllegalStateException("Cannot find output " + plan.modelOutput() + " in " + made);
  }

  TreeModel model() {
    return model;
  }

  TreeScorer scorer() {
    return scorer;
  }

  /** Takes what the scorer's latest call made to {@code at} and on of the columns. */
  void read(int rows, int at) {
    for (int i = 0; i < outputs.length; i++) {
      OutputColumn column = columns.get(i);
      TreeOutput output = model.outputs().get(outputs[i]);
      if (column.plan.isOneFloat()) {
        column.putFloats(scorer.floats(outputs[i]), rows, at);
      } else if (output.keys().isEmpty()) {
        column.put(values(outputs[i], output), dims(output), rows, at);
      } else {
        MapValues.put(column, output.keys(), values(outputs[i], output), rows, at);
      }
    }
  }

  private TensorValues values(int at, TreeOutput output) {
    return switch (output.kind()) {
      case FLOAT -> new TensorValues.Floats(FloatBuffer.wrap(scorer.floats(at)));
      case DOUBLE -> new TensorValues.Doubles(DoubleBuffer.wrap(scorer.doubles(at)));
      case INT64 -> new TensorValues.Longs(LongBuffer.wrap(scorer.longs(at)));
      case LABEL -> new TensorValues.Labels(LongBuffer.wrap(scorer.longs(at)), output.labels());
    };
  }

  private static long[] dims(TreeOutput output) {
    return output.flat() ? new long[0] : new long[] {output.width()};
  }
}
