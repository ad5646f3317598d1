package org.millrace.features.asof;

/**
 * The values of one view for the spine rows of a batch, copied side by side: random access to the
 * table is done here, all columns of a row at once. A spine row without a match has all null bits
 * set. Reused from batch to batch; one task.
 */
final class Gathered {
  private final ValueTable table;
  private final int width;
  private final int nullWords;
  private final boolean open;
  private long[] words = new long[0];
  private byte[][] bytes = new byte[0][];
  private int rows;

  Gathered(ValueTable table, ValueColumns columns) {
    this.table = table;
    this.width = columns.width();
    this.nullWords = columns.nullWords();
    this.open = columns.hasOpenCell();
  }

  /**
   * Copies the values of a run of spine rows.
   *
   * @return how many have a match
   */
  int load(int[] places, int from, int count) {
    rows = count;
    if (words.length < count * width) {
      words = new long[count * width];
      bytes = new byte[open ? count : 0][];
    }

    int matched = 0;
    for (int i = 0; i < count; i++) {
      int place = places[from + i];
      if (place < 0) {
        for (int w = 0; w < nullWords; w++) {
          words[i * width + w] = -1;
        }
      } else {
        matched++;
        int chunk = table.chunkOf(place);
        copy(table.chunk(chunk), place - table.firstPlace(chunk), i);
      }
    }

    return matched;
  }

  private void copy(ValueChunk values, int row, int to) {
    long[] source = values.words;
    int from = row * width;
    int at = to * width;
    for (int w = 0; w < width; w++) {
      words[at + w] = source[from + w];
    }
    if (open) {
      bytes[to] = values.bytes;
    }
  }

  boolean isNull(int row, int column) {
    return (words[row * width + (column >>> 6)] >>> column & 1) != 0;
  }

  long word(int row, int column) {
    return words[row * width + nullWords + column];
  }

  byte[] bytes(int row) {
    return bytes[row];
  }

  int nulls(int column) {
    int nulls = 0;
    for (int i = 0; i < rows; i++) {
      nulls += isNull(i, column) ? 1 : 0;
    }

    return nulls;
  }
}
