package org.millrace.features.asof;

import java.util.Arrays;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * Collects rows of one bucket, column by column, until there are enough to send. Keeps its room
 * when it has sent them. One task.
 */
final class BucketWriter {
  /** Rows of one shuffled record: few enough to hold one for each bucket, enough to copy fast. */
  static final int ROWS = 1 << 13;

  private final int view;
  private final boolean encoded;
  private final boolean hasKnowns;
  private final KeyBlock keys = new KeyBlock();
  private final ValueChunk values;
  private long[] times = new long[0]; // as-of or event
  private long[] knowns = new long[0];
  private boolean[] invalid = new boolean[0];

  /**
   * @param hasKnowns whether known times are a column of their own
   */
  BucketWriter(int view, boolean encoded, boolean hasKnowns, ValueColumns columns) {
    this.view = view;
    this.encoded = encoded;
    this.hasKnowns = hasKnowns;
    this.values = new ValueChunk(columns, 0);
  }

  boolean isFull() {
    return keys.rows >= ROWS;
  }

  boolean isEmpty() {
    return keys.rows == 0;
  }

  /**
   * Adds rows.
   *
   * @param batch their keys, among others
   * @param invalidRows rows of the batch without an as-of time; empty where there is none
   * @param picked positions in the batch
   * @param count how many of them
   */
  void add(
      KeyBlock batch,
      ViewTimes read,
      boolean[] invalidRows,
      ColumnVector[] vectors,
      int[] picked,
      int count) {
    int rows = keys.rows;
    times = added(times, rows, read.events, picked, count);
    if (hasKnowns) {
      knowns = added(knowns, rows, read.knowns, picked, count);
    }
    if (invalidRows.length > 0 || invalid.length > 0) {
      invalid = Arrays.copyOf(invalid, Math.max(invalid.length, times.length));
      for (int i = 0; i < count; i++) {
        invalid[rows + i] = invalidRows.length > 0 && invalidRows[picked[i]];
      }
    }

    keys.append(batch, picked, count, encoded);
    values.append(vectors, picked, count);
  }

  private static long[] added(long[] to, int rows, long[] from, int[] picked, int count) {
    long[] all = KeyBlock.room(to, Math.addExact(rows, count));
    for (int i = 0; i < count; i++) {
      all[rows + i] = from[picked[i]];
    }

    return all;
  }

  /** What was collected, as {@link Bucketed} reads it; starts anew. */
  byte[] take() {
    byte[] taken = Bucketed.write(view, keys, times, knowns, invalid, values);
    keys.rows = 0;
    values.clear();
    invalid = new boolean[0];
    return taken;
  }
}
