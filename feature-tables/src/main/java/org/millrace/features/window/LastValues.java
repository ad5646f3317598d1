package org.millrace.features.window;

import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.millrace.features.asof.EventBucket;

/**
 * The last values, the newest first, by event time, then known time, then value. An event that is
 * not among the last when it enters, or that newer ones push out, leaves before those do, so that
 * it never comes back.
 */
final class LastValues implements Accumulator {
  private final Moves moves;
  private final Output output;
  private final EventBucket bucket;
  private final int[] last; // oldest first
  private int entered;
  private int size;

  /** The LAST aggregate of a window. */
  LastValues(Moves moves, Output output, EventBucket bucket) {
    this.moves = moves;
    this.output = output;
    this.bucket = bucket;
    last = new int[(int) output.parameter()];
  }

  @Override
  public void start() {
    entered = 0;
    size = 0;
  }

  @Override
  public void run(int from, int to, WritableColumnVector[] out, int at) {
    for (int slot = from; slot < to; slot++) {
      while (entered < moves.size && moves.enterAt[entered] <= slot) {
        insert(moves.entering[entered++]);
      }

      int expired = 0;
      while (expired < size && moves.leave[last[expired]] <= slot) {
        expired++;
      }

      size -= expired;
      System.arraycopy(last, expired, last, 0, size);
      put(out[output.column()], at + slot - from);
    }
  }

  private void insert(int event) {
    Series series = moves.series();
    int place = size;
    while (place > 0 && series.compare(last[place - 1], event) > 0) {
      place--;
    }
    if (size < last.length) {
      System.arraycopy(last, place, last, place + 1, size - place);
      last[place] = event;
      size++;
    } else if (place > 0) {
      System.arraycopy(last, 1, last, 0, place - 1);
      last[place - 1] = event;
    }
  }

  private void put(WritableColumnVector out, int row) {
    if (size == 0) {
      out.putNull(row);
      return;
    }

    Series series = moves.series();
    WritableColumnVector values = out.arrayData();
    int start = values.getElementsAppended();
    values.reserve(start + size);
    values.addElementsAppended(size);
    for (int i = 0; i < size; i++) {
      long word = series.words[last[size - 1 - i]];
      series.kind().put(values, start + i, word, bucket, series.value());
    }

    out.putArray(row, start, size);
  }
}
