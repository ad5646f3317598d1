package org.millrace.features.window;

import org.apache.spark.sql.execution.vectorized.WritableColumnVector;

/**
 * Computes one or more aggregates of one window, key after key. What it gives depends only on which
 * events are in the window, never on the order in which they came or on what was in it before.
 * State of one task.
 */
interface Accumulator {
  /** Starts a key, whose moves have been loaded. */
  void start();

  /**
   * Goes on through the key's slots.
   *
   * @param out output columns of the aggregation
   * @param at row of slot {@code from} in them
   */
  void run(int from, int to, WritableColumnVector[] out, int at);
}
