package org.millrace.features.asof;

import java.nio.LongBuffer;
import java.util.stream.IntStream;

/**
 * Values of rows as they were shuffled, of which most will not win: left where they lie until it is
 * known which do. One task.
 */
final class PackedRows {
  private final ValueColumns columns;
  private final LongBuffer words;
  private final int rows;
  private final byte[] open;

  /**
   * @param words of all rows, row by row
   * @param open bytes of open values; empty where the columns have none
   */
  PackedRows(ValueColumns columns, int rows, LongBuffer words, byte[] open) {
    this.columns = columns;
    this.rows = rows;
    this.words = words;
    this.open = open;
  }

  int rows() {
    return rows;
  }

  /** All of the rows. */
  ValueChunk all() {
    long[] all = new long[words.remaining()];
    words.get(words.position(), all);
    return new ValueChunk(columns, rows, all, open);
  }

  /** Some of the rows, in the order given. */
  ValueChunk pick(int[] picked) {
    if (columns.hasOpenCell()) {
      return all().pick(picked); // moves their bytes together
    }

    int width = columns.width();
    long[] some = new long[Math.multiplyExact(picked.length, width)];
    for (int i = 0; i < picked.length; i++) {
      words.get(picked[i] * width, some, i * width, width);
    }

    return new ValueChunk(columns, picked.length, some, open);
  }

  int[] everyRow() {
    return IntStream.range(0, rows).toArray();
  }
}
