package org.millrace.features.window;

import java.util.Arrays;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;

/** How many different values there are, exactly: how often each is in the window is kept. */
final class Distinct implements Accumulator {
  private final Moves moves;
  private final int column;
  private int entered;
  private int left;
  private int[] counts = new int[64];
  private int present;

  /** The number of distinct values in a window. */
  Distinct(Moves moves, Output output) {
    this.moves = moves;
    this.column = output.column();
  }

  @Override
  public void start() {
    entered = 0;
    left = 0;
    present = 0;
    int distinct = moves.series().ranks().distinct;
    if (counts.length < distinct) {
      counts = new int[2 * distinct];
    }

    Arrays.fill(counts, 0, distinct, 0);
  }

  @Override
  public void run(int from, int to, WritableColumnVector[] out, int at) {
    int[] rank = moves.series().ranks().rank;
    for (int slot = from; slot < to; slot++) {
      while (entered < moves.size && moves.enterAt[entered] <= slot) {
        present += counts[rank[moves.entering[entered++]]]++ == 0 ? 1 : 0;
      }
      while (left < moves.size && moves.leaveAt[left] <= slot) {
        present -= --counts[rank[moves.leaving[left++]]] == 0 ? 1 : 0;
      }

      out[column].putLong(at + slot - from, present);
    }
  }
}
