package org.millrace.features.asof;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.unsafe.Platform;

/**
 * The keys of some rows, one {@code long} a row: the key itself where its columns fit into 64 bits,
 * else the hash of its encoding, which is then kept for the comparison that decides.
 *
 * <p>Filled by {@link KeyReader}; reused from batch to batch. Not thread-safe.
 */
final class KeyBlock implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Key or hash, by row; without meaning for a null key. */
  long[] keys = new long[0];

  /** Whether a key column is null, by row; empty where no row has one. */
  boolean[] nulls = new boolean[0];

  /** Encodings, one after the other; empty where keys are exact. */
  byte[] bytes = new byte[0];

  /** Where the encoding of a row ends. */
  int[] ends = new int[0];

  int rows;

  /** Makes room for some rows, all without nulls, and forgets those from before. */
  void start(int count, boolean encoded) {
    rows = count;
    nulls = new boolean[0];
    if (keys.length < count) {
      keys = new long[count];
    }
    if (encoded && ends.length < count) {
      ends = new int[count];
    }
  }

  boolean isNull(int row) {
    return nulls.length > 0 && nulls[row];
  }

  void markNull(int row) {
    if (nulls.length == 0) {
      nulls = new boolean[rows];
    }

    nulls[row] = true;
  }

  int start(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  void requireBytes(int size) {
    if (size > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size, Math.max(1024, bytes.length * 2)));
    }
  }

  /** Replaces the hashes of all encoded keys. */
  void hash(long seed) {
    for (int i = 0; i < rows; i++) {
      int start = start(i);
      keys[i] =
          XXH64.hashUnsafeBytes(bytes, Platform.BYTE_ARRAY_OFFSET + start, ends[i] - start, seed);
    }
  }

  boolean sameEncoding(int row, byte[] other, int from, int to) {
    return Arrays.equals(bytes, start(row), ends[row], other, from, to);
  }

  /** Adds the keys of a batch at the end. */
  void append(KeyBlock batch, boolean encoded) {
    int before = rows;
    int byteCount = before == 0 || !encoded ? 0 : ends[before - 1];
    rows = Math.addExact(before, batch.rows);
    keys = room(keys, rows);
    System.arraycopy(batch.keys, 0, keys, before, batch.rows);
    if (batch.nulls.length > 0 || nulls.length > 0) {
      nulls = Arrays.copyOf(nulls, Math.max(rows, nulls.length));
      for (int i = 0; i < batch.rows; i++) {
        nulls[before + i] = batch.isNull(i);
      }
    }
    if (encoded && batch.rows > 0) {
      if (ends.length < rows) {
        ends = Arrays.copyOf(ends, keys.length);
      }
      int size = batch.ends[batch.rows - 1];
      requireBytes(Math.addExact(byteCount, size));
      System.arraycopy(batch.bytes, 0, bytes, byteCount, size);
      for (int i = 0; i < batch.rows; i++) {
        ends[before + i] = byteCount + batch.ends[i];
      }
    }
  }

  /**
   * Adds some keys of a batch, none of them null, at the end.
   *
   * @param picked rows of the batch
   * @param count how many of them
   */
  void append(KeyBlock batch, int[] picked, int count, boolean encoded) {
    int before = rows;
    rows = Math.addExact(before, count);
    keys = room(keys, rows);
    if (encoded && ends.length < rows) {
      ends = Arrays.copyOf(ends, keys.length);
    }

    for (int i = 0; i < count; i++) {
      keys[before + i] = batch.keys[picked[i]];
      if (encoded) {
        int from = batch.start(picked[i]);
        int to = start(before + i);
        int end = Math.addExact(to, batch.ends[picked[i]] - from);
        requireBytes(end);
        System.arraycopy(batch.bytes, from, bytes, to, end - to);
        ends[before + i] = end;
      }
    }
  }

  /** Travels without the room for more rows, and its numbers packed. */
  private Object writeReplace() {
    boolean encoded = rows > 0 && ends.length > 0;
    return new Packed(
        rows,
        PackedLongs.of(keys, rows),
        nulls,
        encoded ? Arrays.copyOf(bytes, ends[rows - 1]) : new byte[0],
        encoded ? PackedLongs.of(Arrays.copyOf(ends, rows)) : PackedLongs.of(new int[0]));
  }

  @SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
  private record Packed(int rows, PackedLongs keys, boolean[] nulls, byte[] bytes, PackedLongs ends)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      KeyBlock block = new KeyBlock();
      block.rows = rows;
      block.keys = keys.unpacked();
      block.nulls = nulls;
      block.bytes = bytes;
      block.ends = ends.unpackedInts();
      return block;
    }
  }

  /** The same keys without the room for more. */
  KeyBlock trimmed() {
    keys = Arrays.copyOf(keys, rows);
    if (ends.length > 0) {
      bytes = Arrays.copyOf(bytes, rows == 0 ? 0 : ends[rows - 1]);
      ends = Arrays.copyOf(ends, rows);
    }

    return this;
  }

  /** The same numbers with room for more. */
  static long[] room(long[] numbers, int needed) {
    return needed <= numbers.length
        ? numbers
        : Arrays.copyOf(numbers, Math.max(needed, Math.max(1 << 12, numbers.length * 2)));
  }
}
