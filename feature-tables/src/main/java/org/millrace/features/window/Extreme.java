package org.millrace.features.window;

import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.millrace.contracts.definition.AggregateFunction;
import org.millrace.features.asof.EventBucket;

/**
 * The least or the greatest value. Held are the events that may still become it: in the order in
 * which they leave, each better than all that leave later are. (The monotone queue of the sliding
 * window minimum, with insertion in the middle, as events may enter late.)
 */
final class Extreme implements Accumulator {
  private final Moves moves;
  private final Output output;
  private final EventBucket bucket;
  private final boolean isMax;
  private int entered;
  private int[] queue = new int[64];
  private long[] keys = new long[64]; // less is better
  private int head;
  private int tail;

  /** The MIN or MAX of a window. */
  Extreme(Moves moves, Output output, EventBucket bucket) {
    this.moves = moves;
    this.output = output;
    this.bucket = bucket;
    isMax = output.function() == AggregateFunction.MAX;
  }

  @Override
  public void start() {
    entered = 0;
    head = 0;
    tail = 0;
    if (queue.length < moves.size) {
      queue = new int[moves.entering.length];
      keys = new long[moves.entering.length];
    }
  }

  @Override
  public void run(int from, int to, WritableColumnVector[] out, int at) {
    Series series = moves.series();
    for (int slot = from; slot < to; slot++) {
      while (entered < moves.size && moves.enterAt[entered] <= slot) {
        int event = moves.entering[entered++];
        long order = series.kind().order(series.words[event]);
        insert(event, isMax ? ~order : order);
      }
      while (head < tail && moves.leave[queue[head]] <= slot) {
        head++;
      }

      WritableColumnVector column = out[output.column()];
      int row = at + slot - from;
      if (head == tail) {
        column.putNull(row);
      } else {
        series.kind().put(column, row, series.words[queue[head]], bucket, series.value());
      }
    }
  }

  private void insert(int event, long key) {
    int leave = moves.leave[event];
    int place = tail; // of the first that leaves as late or later
    while (place > head && moves.leave[queue[place - 1]] >= leave) {
      place--;
    }
    if (place < tail && keys[place] <= key) {
      return; // that one is as good, and stays as long
    }

    int kept = place; // those before are better
    while (kept > head && keys[kept - 1] >= key) {
      kept--;
    }

    int behind = tail - place;
    System.arraycopy(queue, place, queue, kept + 1, behind);
    System.arraycopy(keys, place, keys, kept + 1, behind);
    queue[kept] = event;
    keys[kept] = key;
    tail = kept + 1 + behind;
  }
}
