package org.millrace.features.asof;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rows of one input that fell into one bucket, as they are shuffled: whole arrays, one after the
 * other, little-endian, as they lie in memory. Nothing that can be told from the rest is sent.
 *
 * <p>Layout: 32-bit numbers (input, rows, whether rows without an as-of time are marked, bytes of
 * encoded keys, bytes of open values, words of a row); then 64-bit keys, event or as-of times,
 * known times where they are a column of their own, values row by row; then ends of encoded keys
 * (32 bits each), marks (8 bits each), encoded keys, open values.
 *
 * @param view number of the view, or {@link #SPINE}
 * @param times keys, and as-of or event times
 * @param knowns microseconds, by row; the event times where they are one column
 * @param values of the columns that are carried
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
record Bucketed(int view, TimeBlock times, long[] knowns, ValueChunk values) {
  static final int SPINE = -1;

  private static final int HEADER = 6 * Integer.BYTES;

  int rows() {
    return times.rows();
  }

  /** The input that bytes are of. */
  static int view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  /**
   * Rows as bytes.
   *
   * @param knowns empty where the known time is the event time, and for the spine
   * @param invalid rows without an as-of time; empty where there is none
   */
  static byte[] write(
      int view, KeyBlock keys, long[] times, long[] knowns, boolean[] invalid, ValueChunk values) {
    int rows = keys.rows;
    boolean isEncoded = keys.ends.length > 0;
    int keyBytes = isEncoded && rows > 0 ? keys.ends[rows - 1] : 0;
    int words = values.wordCount();
    long size =
        HEADER
            + Long.BYTES * ((knowns.length > 0 ? 3L : 2L) * rows + words)
            + (isEncoded ? (long) Integer.BYTES * rows : 0)
            + (invalid.length > 0 ? rows : 0)
            + keyBytes
            + values.byteCount();
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(view).putInt(rows).putInt(invalid.length > 0 ? 1 : 0);
    out.putInt(keyBytes).putInt(values.byteCount()).putInt(words);
    putLongs(out, keys.keys, rows);
    putLongs(out, times, rows);
    if (knowns.length > 0) {
      putLongs(out, knowns, rows);
    }

    putLongs(out, values.words, words);
    if (isEncoded) {
      out.asIntBuffer().put(keys.ends, 0, rows);
      out.position(out.position() + Integer.BYTES * rows);
    }
    for (int i = 0; i < rows && invalid.length > 0; i++) {
      out.put((byte) (invalid[i] ? 1 : 0));
    }

    return out.put(keys.bytes, 0, keyBytes).put(values.bytes, 0, values.byteCount()).array();
  }

  private static void putLongs(ByteBuffer out, long[] from, int count) {
    out.asLongBuffer().put(from, 0, count);
    out.position(out.position() + Long.BYTES * count);
  }

  /**
   * What {@link #write} wrote.
   *
   * @param isEncoded whether keys are
   * @param hasKnowns whether known times are a column of their own
   * @param columns of the values
   */
  static Bucketed read(byte[] bytes, boolean isEncoded, boolean hasKnowns, ValueColumns columns) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int view = in.getInt();
    int rows = in.getInt();
    boolean[] invalid = new boolean[in.getInt() == 0 ? 0 : rows];
    int keyBytes = in.getInt();
    int valueBytes = in.getInt();
    int words = in.getInt();
    KeyBlock keys = new KeyBlock();
    keys.rows = rows;
    keys.keys = getLongs(in, rows);
    long[] times = getLongs(in, rows);
    long[] knowns = hasKnowns ? getLongs(in, rows) : times;
    long[] values = getLongs(in, words);
    if (isEncoded) {
      keys.ends = new int[rows];
      in.asIntBuffer().get(keys.ends);
      in.position(in.position() + Integer.BYTES * rows);
    }
    for (int i = 0; i < invalid.length; i++) {
      invalid[i] = in.get() != 0;
    }

    int open = in.position() + keyBytes;
    keys.bytes = Arrays.copyOfRange(bytes, in.position(), open);
    ValueChunk chunk =
        new ValueChunk(columns, rows, values, Arrays.copyOfRange(bytes, open, open + valueBytes));
    return new Bucketed(
        view, new TimeBlock(rows, times, invalid, new KeyBlock[] {keys}), knowns, chunk);
  }

  private static long[] getLongs(ByteBuffer in, int count) {
    long[] numbers = new long[count];
    in.asLongBuffer().get(numbers);
    in.position(in.position() + Long.BYTES * count);
    return numbers;
  }
}
