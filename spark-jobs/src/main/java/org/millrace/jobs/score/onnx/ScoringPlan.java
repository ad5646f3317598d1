package org.millrace.jobs.score.onnx;

import java.io.Serializable;
import java.util.List;

/**
 * What a task needs to know beside the model. Travels to executors inside the closure.
 *
 * @param kept names of the columns that are handed on
 * @param inputs the model's inputs
 * @param outputs columns made of the model's outputs
 * @param batchRows rows handed to the model at once
 * @param engine the engine that is asked for
 * @param options how the model's sessions are opened
 */
record ScoringPlan(
    List<String> kept,
    List<InputPlan> inputs,
    List<OutputPlan> outputs,
    int batchRows,
    EngineChoice engine,
    SessionOptions options)
    implements Serializable {
  /** Copies the lists. */
  ScoringPlan {
    kept = List.copyOf(kept);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Feature columns of all inputs, in the inputs' order. */
  List<String> inputColumns() {
    return inputs.stream()
        .flatMap(input -> input.columns().stream())
        .map(InputColumn::name)
        .toList();
  }
}
