package org.millrace.features.asof;

/**
 * The values of one view for the spine rows of a batch, copied side by side: random access to the
 * table is done here, all columns of a row at once. A spine row without a match has all null bits
 * set. Reused from batch to batch; one task.
 */
final class Gathered {
  /** Rows whose memory loads overlap; few enough for the first-level cache. */
  private static final int BLOCK = 128;

  private static final int LINE = 8; // words of a cache line

  private final ValueTable table;
  private final int width;
  private final int nullWords;
  private final boolean open;
  private long[] words = new long[0];
  private byte[][] bytes = new byte[0][];
  private final ValueChunk[] chunks = new ValueChunk[BLOCK];
  private final int[] sources = new int[BLOCK];
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
    long touched = 0;
    for (int start = 0; start < count; start += BLOCK) {
      int block = Math.min(BLOCK, count - start);
      touched += touch(places, from + start, block);
      for (int i = 0; i < block; i++) {
        if (sources[i] < 0) {
          for (int w = 0; w < nullWords; w++) {
            words[(start + i) * width + w] = -1;
          }
        } else {
          matched++;
          copy(chunks[i], sources[i], start + i);
        }
      }
    }

    FindCandidates.use(touched);
    return matched;
  }

  /**
   * Finds where the values lie, and loads them, so that cache misses overlap.
   *
   * @return a number without meaning, to be used: it keeps the compiler from dropping loads
   */
  private long touch(int[] places, int from, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      int place = places[from + i];
      sources[i] = -1;
      if (place >= 0) {
        int chunk = table.chunkOf(place);
        chunks[i] = table.chunk(chunk);
        sources[i] = (place - table.firstPlace(chunk)) * width;
        for (int w = 0; w < width; w += LINE) {
          sum += chunks[i].words[sources[i] + w];
        }

        sum += chunks[i].words[sources[i] + width - 1];
      }
    }

    return sum;
  }

  private void copy(ValueChunk values, int from, int row) {
    long[] source = values.words;
    int at = row * width;
    for (int w = 0; w < width; w++) {
      words[at + w] = source[from + w];
    }
    if (open) {
      bytes[row] = values.bytes;
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
