package org.millrace.features.asof;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * Values of some rows of a view, row after row: a bit for each null column, then a word a column. A
 * word of an open-ended value is {@code start << 32 | length} in {@link #bytes}. Grows at its end;
 * one writer.
 */
final class ValueChunk implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final long LENGTH = 0xFFFFFFFFL;

  private final ValueColumns columns;
  private final int width;
  private final int nullWords;
  long[] words;
  byte[] bytes = new byte[0];
  private int byteCount;
  private int rows;

  ValueChunk(ValueColumns columns, int expectedRows) {
    this.columns = columns;
    width = columns.width();
    nullWords = columns.nullWords();
    words = new long[Math.multiplyExact(expectedRows, width)];
  }

  /** Rows that stand in these arrays, which are not copied. */
  ValueChunk(ValueColumns columns, int rows, long[] words, byte[] bytes) {
    this.columns = columns;
    this.width = columns.width();
    this.nullWords = columns.nullWords();
    this.words = words;
    this.bytes = bytes;
    this.byteCount = bytes.length;
    this.rows = rows;
  }

  int rows() {
    return rows;
  }

  /** Words of all rows. */
  int wordCount() {
    return rows * width;
  }

  /** Bytes of all open values. */
  int byteCount() {
    return byteCount;
  }

  /** Forgets all rows and keeps the room. */
  void clear() {
    for (int row = 0; row < rows; row++) { // bits of nulls are only ever set
      for (int w = 0; w < nullWords; w++) {
        words[row * width + w] = 0;
      }
    }

    rows = 0;
    byteCount = 0;
  }

  /**
   * Adds rows of a batch.
   *
   * @param vectors one a column
   * @param picked positions in the batch
   * @param count how many of them
   */
  void append(ColumnVector[] vectors, int[] picked, int count) {
    int needed = Math.multiplyExact(Math.addExact(rows, count), width);
    if (needed > words.length) {
      words = Arrays.copyOf(words, Math.max(needed, words.length * 2));
    }

    for (int c = 0; c < vectors.length; c++) {
      append(c, vectors[c], picked, count);
    }

    rows += count;
  }

  private void append(int c, ColumnVector vector, int[] picked, int count) {
    int at = rows * width + nullWords + c;
    if (vector.hasNull() || columns.cells()[c].isOpen()) {
      appendOneByOne(c, vector, picked, count);
      return;
    }

    switch (columns.cells()[c]) {
      case DOUBLE -> {
        for (int j = 0; j < count; j++, at += width) {
          words[at] = Double.doubleToRawLongBits(vector.getDouble(picked[j]));
        }
      }
      case LONG -> {
        for (int j = 0; j < count; j++, at += width) {
          words[at] = vector.getLong(picked[j]);
        }
      }
      case INT -> {
        for (int j = 0; j < count; j++, at += width) {
          words[at] = vector.getInt(picked[j]);
        }
      }
      case FLOAT -> {
        for (int j = 0; j < count; j++, at += width) {
          words[at] = Float.floatToRawIntBits(vector.getFloat(picked[j]));
        }
      }
      default -> appendOneByOne(c, vector, picked, count);
    }
  }

  private void appendOneByOne(int c, ColumnVector vector, int[] picked, int count) {
    Cell cell = columns.cells()[c];
    for (int j = 0; j < count; j++) {
      int row = (rows + j) * width;
      if (vector.isNullAt(picked[j])) {
        words[row + (c >>> 6)] |= 1L << c;
      } else {
        words[row + nullWords + c] =
            cell.isOpen() ? store(cell.bytes(vector, picked[j])) : cell.word(vector, picked[j]);
      }
    }
  }

  private long store(byte[] value) {
    int end = Math.addExact(byteCount, value.length);
    if (end > bytes.length) {
      long wanted = Math.max(end, Math.max(256, 2L * bytes.length));
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }

    System.arraycopy(value, 0, bytes, byteCount, value.length);
    long word = (long) byteCount << 32 | value.length;
    byteCount = end;
    return word;
  }

  /** The same rows without the room for more. */
  ValueChunk trimmed() {
    if (words.length > rows * width) {
      words = Arrays.copyOf(words, rows * width);
    }
    if (bytes.length > byteCount) {
      bytes = Arrays.copyOf(bytes, byteCount);
    }

    return this;
  }

  /** Some of the rows, in the order given. */
  ValueChunk pick(int[] picked) {
    ValueChunk some = new ValueChunk(columns, picked.length);
    for (int row : picked) {
      some.append(this, row);
    }

    return some.trimmed();
  }

  private void append(ValueChunk other, int row) {
    int at = rows * width;
    System.arraycopy(other.words, row * width, words, at, width);
    for (int c = 0; c < columns.cells().length; c++) {
      if (columns.cells()[c].isOpen() && !other.isNull(row, c)) {
        long word = other.word(row, c);
        int start = (int) (word >>> 32);
        words[at + nullWords + c] =
            store(Arrays.copyOfRange(other.bytes, start, start + (int) (word & LENGTH)));
      }
    }

    rows++;
  }

  boolean isNull(int row, int c) {
    return (words[row * width + (c >>> 6)] >>> c & 1) != 0;
  }

  long word(int row, int c) {
    return words[row * width + nullWords + c];
  }

  /** Order of two rows by the view's rule; what SQL calls equal is told apart by its bits. */
  static int compare(ValueChunk a, int rowA, ValueChunk b, int rowB) {
    int order = compare(a, rowA, b, rowB, false);
    return order != 0 ? order : compare(a, rowA, b, rowB, true);
  }

  private static int compare(ValueChunk a, int rowA, ValueChunk b, int rowB, boolean byBits) {
    for (int c : a.columns.order()) {
      boolean nullA = a.isNull(rowA, c);
      boolean nullB = b.isNull(rowB, c);
      int order =
          nullA || nullB
              ? Boolean.compare(nullB, nullA) // a null is the smallest
              : compare(a, rowA, b, rowB, c, byBits);
      if (order != 0) {
        return order;
      }
    }

    return 0;
  }

  private static int compare(
      ValueChunk a, int rowA, ValueChunk b, int rowB, int c, boolean byBits) {
    Cell cell = a.columns.cells()[c];
    long wordA = a.word(rowA, c);
    long wordB = b.word(rowB, c);
    if (!cell.isOpen()) {
      return byBits ? Long.compare(wordA, wordB) : cell.compare(wordA, wordB);
    }

    int startA = (int) (wordA >>> 32);
    int startB = (int) (wordB >>> 32);
    return cell.compare(
        a.bytes,
        startA,
        startA + (int) (wordA & LENGTH),
        b.bytes,
        startB,
        startB + (int) (wordB & LENGTH));
  }
}
