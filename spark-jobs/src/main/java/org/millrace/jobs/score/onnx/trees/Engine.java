package org.millrace.jobs.score.onnx.trees;

/** One way of evaluating a forest. Immutable, shared by all threads. */
interface Engine {
  /** {@code bits}, {@code vector} or {@code walk}. */
  String name();

  /** Rows of a block. */
  int blockRows();

  /** Leaf values in this engine's numbering. */
  LeafValues leafValues();

  /** Scratch for one thread. */
  Run run();

  /** One thread's scratch arrays. */
  interface Run {
    /**
     * Adds all trees for a block of rows.
     *
     * @param batch stands at the block; of doubles where the forest is
     * @param totals cleared
     */
    void block(Rows<?> batch, int rows, Totals totals);
  }
}
