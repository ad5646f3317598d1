package org.millrace.features.asof;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The spine as view rows search it: the as-of times of each key, ascending, one key after the
 * other. A place in that order is a <i>slot</i>. Only rows that can match are in it: those with an
 * as-of time and without a null key.
 *
 * <p>Open addressing by the key's mixed bits; an entry is the key (or hash) and the slots of its
 * rows, {@code from << 32 | to}, never 0, or, below 0, the number of a key that is cut in time. No
 * two keys of one index share their {@code long}: {@link TimeSorter} takes another seed where
 * hashes collide, so that one comparison of encodings tells whether a view row's key is the
 * spine's.
 *
 * <p>Immutable once built; shared by task threads.
 */
final class TimeIndex implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Rows a block of the search: so many that their memory loads overlap, few enough for L1. */
  static final int BLOCK = 256;

  private static final long WIDE = 1L << 62;

  final long[] table;
  final int shift;

  /** As-of time in microseconds, by slot. */
  final long[] times;

  /** Row of the spine, by slot, counted through its partitions. */
  final int[] rows;

  /** First slot of each key, in order, and the number of slots. */
  final int[] starts;

  /** Seed of the hashes of encoded keys. */
  final long seed;

  private final byte[] encodings;

  /** Where a key's encoding stands, start << 32 | end, by entry; empty where keys are exact. */
  private final long[] encodingOf;

  /** Keys that are cut in time; an entry of the table names one by {@code -1 - its number}. */
  private final TimeSlices[] sliced;

  final long firstTime;
  final long lastTime;
  private final boolean wide;

  TimeIndex(
      long[] table,
      long[] times,
      int[] rows,
      int[] starts,
      long seed,
      byte[] encodings,
      long[] encodingOf,
      TimeSlices[] sliced,
      long firstTime,
      long lastTime) {
    this.table = table;
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(table.length / 2);
    this.times = times;
    this.rows = rows;
    this.starts = starts;
    this.seed = seed;
    this.encodings = encodings;
    this.encodingOf = encodingOf;
    this.sliced = sliced;
    this.firstTime = firstTime;
    this.lastTime = lastTime;
    long range = lastTime - firstTime;
    this.wide = range < 0 || range >= WIDE;
  }

  /** Travels without what the driver alone looks at: its copies have no {@link #rows} and keys. */
  private Object writeReplace() {
    return new Packed(
        table,
        PackedLongs.of(times, times.length),
        seed,
        encodings,
        encodingOf,
        sliced,
        firstTime,
        lastTime);
  }

  @SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
  private record Packed(
      long[] table,
      PackedLongs times,
      long seed,
      byte[] encodings,
      long[] encodingOf,
      TimeSlices[] sliced,
      long firstTime,
      long lastTime)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      return new TimeIndex(
          table,
          times.unpacked(),
          new int[0],
          new int[1],
          seed,
          encodings,
          encodingOf,
          sliced,
          firstTime,
          lastTime);
    }
  }

  int slots() {
    return times.length;
  }

  int keys() {
    return starts.length - 1;
  }

  /** The number of the key that a slot belongs to. */
  int keyOf(int slot) {
    int found = Arrays.binarySearch(starts, slot);
    return found >= 0 ? found : -found - 2;
  }

  /** Gets a key, the bytes of all encodings, and where the key's start; the latter if encoded. */
  interface KeyVisitor {
    void visit(long key, byte[] encodings, int start);
  }

  /** Passes on each key once. */
  void forEachKey(KeyVisitor visitor) {
    for (int entry = 0; entry < table.length / 2; entry++) {
      if (table[2 * entry + 1] != 0) {
        int start = encodingOf.length == 0 ? 0 : (int) (encodingOf[entry] >>> 32);
        visitor.visit(table[2 * entry], encodings, start);
      }
    }
  }

  /** Spreads a key over 64 bits; the upper ones are the best. */
  static long mix(long key) {
    long mixed = (key ^ key >>> 32) * 0x9E3779B97F4A7C15L;
    return (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L;
  }

  /**
   * Finds, for the rows {@code from} to {@code to}, the first slot of their key that asks at or
   * after a time; -1 where there is none.
   *
   * @param usable the times, by row
   * @param ranges room for as many rows
   * @param found the result, by row
   * @return a number without meaning, to be used: it keeps the compiler from dropping loads
   */
  long find(KeyBlock keys, long[] usable, int from, int to, long[] ranges, int[] found) {
    if (times.length == 0) {
      Arrays.fill(found, from, to, -1);
      return 0;
    }

    probe(keys, usable, from, to, ranges, found);
    long touched = encodingOf.length > 0 ? verify(keys, from, to, ranges, found) : 0;
    if (wide) {
      searchWide(usable, from, to, ranges, found);
      return touched;
    }

    touched += touch(from, to, ranges);
    search(usable, from, to, ranges, found);
    return touched;
  }

  /**
   * Finds, for each row, the last slot of its key with a time at or before the row's; -1 where
   * there is none.
   */
  void findLast(KeyBlock keys, long[] asOf, int rows, int[] found) {
    int mask = table.length / 2 - 1;
    for (int i = 0; i < rows; i++) {
      long key = keys.keys[i];
      int entry = (int) (mix(key) >>> shift);
      while (table[2 * entry + 1] != 0 && table[2 * entry] != key) {
        entry = (entry + 1) & mask;
      }

      long range = table[2 * entry + 1];
      boolean isKey = range != 0 && (encodingOf.length == 0 || isSame(keys, i, entry));
      if (range < 0) {
        range = sliced[(int) (-1 - range)].upTo(asOf[i]);
      }

      int from = (int) (range >>> 32);
      int to = isKey ? upperBound(asOf[i], from, (int) range) : from;
      found[i] = to > from ? to - 1 : -1;
    }
  }

  private int upperBound(long time, int from, int to) {
    int lo = from;
    int hi = to;
    while (lo < hi) {
      int middle = (lo + hi) >>> 1;
      if (times[middle] <= time) {
        lo = middle + 1;
      } else {
        hi = middle;
      }
    }

    return lo;
  }

  private void probe(KeyBlock block, long[] usable, int from, int to, long[] ranges, int[] found) {
    long[] keys = block.keys;
    int mask = table.length / 2 - 1;
    for (int i = from; i < to; i++) {
      long key = keys[i];
      int entry = (int) (mix(key) >>> shift);
      long range;
      while ((range = table[2 * entry + 1]) != 0 && table[2 * entry] != key) {
        entry = (entry + 1) & mask;
      }

      found[i] = entry; // only until the encoding was looked at
      if (range < 0) {
        range = sliced[(int) (-1 - range)].atOrAfter(usable[i]);
      }

      ranges[i] = usable[i] > lastTime ? 0 : range;
    }
  }

  /** Drops rows whose key has the hash, but not the encoding, of a key of the index. */
  private long verify(KeyBlock block, int from, int to, long[] ranges, int[] found) {
    long touched = 0;
    for (int i = from; i < to; i++) {
      touched += encodings[(int) (encodingOf[found[i]] >>> 32)]; // misses overlap here
    }
    for (int i = from; i < to; i++) {
      if (ranges[i] != 0 && !isSame(block, i, found[i])) {
        ranges[i] = 0;
      }
    }

    return touched;
  }

  private boolean isSame(KeyBlock block, int row, int entry) {
    long place = encodingOf[entry];
    return block.sameEncoding(row, encodings, (int) (place >>> 32), (int) place);
  }

  /** Loads what the search will need, independently of each other, so that cache misses overlap. */
  private long touch(int from, int to, long[] ranges) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      int lo = (int) (ranges[i] >>> 32);
      int hi = (int) ranges[i];
      sum += times[(lo + hi) >>> 1] + times[lo] + times[Math.max(0, hi - 1)];
    }

    return sum;
  }

  /** Lower bound without branches: the sign of a difference is the mask of a step. */
  private void search(long[] usable, int from, int to, long[] ranges, int[] found) {
    for (int i = from; i < to; i++) {
      int lo = (int) (ranges[i] >>> 32);
      int hi = (int) ranges[i];
      long time = Math.max(usable[i], firstTime); // at most lastTime: no difference overflows
      int length = hi - lo;
      if (length == 0) {
        found[i] = -1;
        continue;
      }

      while (length > 1) {
        int half = length >>> 1;
        lo += half & (int) ((times[lo + half - 1] - time) >> 63);
        length -= half;
      }

      lo -= (int) ((times[lo] - time) >> 63);
      found[i] = lo == hi ? -1 : lo;
    }
  }

  private void searchWide(long[] usable, int from, int to, long[] ranges, int[] found) {
    for (int i = from; i < to; i++) {
      int lo = (int) (ranges[i] >>> 32);
      int end = (int) ranges[i];
      int hi = end;
      while (lo < hi) {
        int middle = (lo + hi) >>> 1;
        if (times[middle] < usable[i]) {
          lo = middle + 1;
        } else {
          hi = middle;
        }
      }

      found[i] = lo == end ? -1 : lo;
    }
  }
}
