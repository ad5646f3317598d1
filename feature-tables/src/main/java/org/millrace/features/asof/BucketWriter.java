package org.millrace.features.asof;

import java.util.Arrays;
import org.apache.spark.sql.vectorized.ColumnVector;

/** Collects rows of one bucket, column by column, until there are enough to send. One task. */
final class BucketWriter {
  /** Rows of one shuffled record: few enough to hold one for each bucket, enough to copy fast. */
  static final int ROWS = 1 << 13;

  private final int view;
  private final boolean encoded;
  private final ValueColumns columns;
  private KeyBlock keys = new KeyBlock();
  private long[][] times = new long[3][0]; // as-of or usable, event, known
  private boolean[] invalid = new boolean[0];
  private ValueChunk values;
  private int rows;

  BucketWriter(int view, boolean encoded, ValueColumns columns) {
    this.view = view;
    this.encoded = encoded;
    this.columns = columns;
    this.values = new ValueChunk(columns, 0);
  }

  boolean isFull() {
    return rows >= ROWS;
  }

  boolean isEmpty() {
    return rows == 0;
  }

  /** Adds rows of a view. */
  void add(KeyBlock batch, ViewTimes read, ColumnVector[] vectors, int[] picked, int count) {
    addTimes(0, read.usable, picked, count);
    addTimes(1, read.events, picked, count);
    addTimes(2, read.knowns, picked, count);
    add(batch, vectors, picked, count);
  }

  /** Adds rows of the spine. */
  void add(
      KeyBlock batch,
      long[] asOf,
      boolean[] invalidRows,
      ColumnVector[] vectors,
      int[] picked,
      int count) {
    addTimes(0, asOf, picked, count);
    if (invalidRows.length > 0 || invalid.length > 0) {
      invalid = Arrays.copyOf(invalid, Math.max(invalid.length, times[0].length));
      for (int i = 0; i < count; i++) {
        invalid[rows + i] = invalidRows.length > 0 && invalidRows[picked[i]];
      }
    }

    add(batch, vectors, picked, count);
  }

  private void addTimes(int which, long[] from, int[] picked, int count) {
    times[which] = KeyBlock.room(times[which], Math.addExact(rows, count));
    for (int i = 0; i < count; i++) {
      times[which][rows + i] = from[picked[i]];
    }
  }

  private void add(KeyBlock batch, ColumnVector[] vectors, int[] picked, int count) {
    keys.append(batch, picked, count, encoded);
    values.append(vectors, picked, count);
    rows += count;
  }

  /** What was collected; starts anew. */
  Bucketed take() {
    boolean[] marks = invalid.length == 0 ? invalid : Arrays.copyOf(invalid, rows);
    TimeBlock block =
        new TimeBlock(rows, Arrays.copyOf(times[0], rows), marks, new KeyBlock[] {keys.trimmed()});
    boolean isSpine = view == Bucketed.SPINE;
    long[] events = isSpine ? new long[0] : once(times[1], block.asOf());
    long[] knowns = isSpine ? new long[0] : once(times[2], events);
    Bucketed taken = new Bucketed(view, block, events, knowns, values.trimmed());
    keys = new KeyBlock();
    values = new ValueChunk(columns, 0);
    invalid = new boolean[0];
    rows = 0;
    return taken;
  }

  /** The same array where the numbers are the same: it is then written, sent and held once. */
  private long[] once(long[] numbers, long[] other) {
    boolean isSame = Arrays.equals(numbers, 0, rows, other, 0, other.length);
    return isSame ? other : Arrays.copyOf(numbers, rows);
  }
}
