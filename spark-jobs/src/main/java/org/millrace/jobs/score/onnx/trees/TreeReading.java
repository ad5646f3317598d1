package org.millrace.jobs.score.onnx.trees;

/** What came of looking for trees in a model. */
public sealed interface TreeReading {
  /**
   * All of the model is one tree ensemble and what follows it.
   *
   * @param model takes the model's one input
   */
  record Trees(TreeModel model) implements TreeReading {}

  /**
   * The model prepares a tensor and hands it to one tree ensemble, which ends it.
   *
   * @param prefix an ONNX model with the same inputs whose one output is the trees' input
   * @param model takes that output
   */
  @SuppressWarnings(
      "ArrayRecordComponent") // handed to ONNX Runtime once; records compare by it nowhere
  record TreeSplit(byte[] prefix, TreeModel model) implements TreeReading {}

  /**
   * The model is to be run by ONNX Runtime.
   *
   * @param reason such as {@code it ends with MatMul}; for EXPLAIN and the log
   */
  record NotTrees(String reason) implements TreeReading {}
}
