package org.millrace.jobs.score.onnx;

import java.io.Serializable;
import java.util.List;
import org.millrace.contracts.definition.ScoringDefinition;

/**
 * What a task needs to know beside the model. Travels to executors inside the closure.
 *
 * @param kept names of the columns that are handed on; the projected row starts with them
 * @param inputs model inputs, in the order of their columns in the projected row
 * @param modelOutput name of the model's output
 * @param batchRows rows handed to the model at once
 * @param nulls what a missing input means
 */
record ScoringPlan(
    List<String> kept,
    List<InputPlan> inputs,
    String modelOutput,
    int batchRows,
    ScoringDefinition.Nulls nulls)
    implements Serializable {

  /** Feature columns of all inputs, in the projected row's order. */
  List<String> inputColumns() {
    return inputs.stream().flatMap(input -> input.columns().stream()).toList();
  }
}
