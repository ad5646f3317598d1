package org.millrace.jobs.score.onnx;

/**
 * What turns filled inputs into outputs: one per task, over what the executor's tasks share. Made
 * on executors; calls and closing are the owner's to exclude from each other.
 */
interface Engine extends AutoCloseable {
  /**
   * Scores the rows that lie in the inputs and adds them to the outputs.
   *
   * @param rows filled, at most the batch
   * @param at where the outputs' columns go on
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT where the model fails on the
   *     data
   */
  void score(int rows, int at);

  /** Frees what this task made; idempotent. */
  @Override
  void close();
}
