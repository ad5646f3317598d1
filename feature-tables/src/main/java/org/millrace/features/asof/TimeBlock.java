package org.millrace.features.asof;

import java.io.Serializable;

/**
 * Keys and as-of times of one partition of the spine, in its order.
 *
 * @param rows how many
 * @param asOf microseconds, by row; without meaning where invalid
 * @param invalid rows without an as-of time; empty where there is none
 * @param keys one block for each set of key columns
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
record TimeBlock(int rows, long[] asOf, boolean[] invalid, KeyBlock[] keys)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Travels without the room for more rows, and its numbers packed. */
  private Object writeReplace() {
    return new Packed(rows, PackedLongs.of(asOf, rows), invalid, keys);
  }

  @SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
  private record Packed(int rows, PackedLongs asOf, boolean[] invalid, KeyBlock[] keys)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      return new TimeBlock(rows, asOf.unpacked(), invalid, keys);
    }
  }

  /** Whether a row can match anything by one of the key sets. */
  boolean isUsable(int row, KeyBlock block) {
    return !(invalid.length > 0 && invalid[row]) && !block.isNull(row);
  }
}
