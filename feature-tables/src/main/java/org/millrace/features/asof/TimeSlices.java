package org.millrace.features.asof;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;

/**
 * A key with very many rows, cut in time: equal spans of time, each with the slots of its rows, so
 * that a search looks at a few rows rather than at all of the key's. Where times cluster, a slice
 * has many rows and is searched as a key of its own.
 *
 * <p>Immutable; shared by task threads.
 */
final class TimeSlices implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Rows from which on a key is cut. */
  static final int LEAST_ROWS = 1 << 12;

  private static final int ROWS_A_SLICE = 4;
  private static final long WIDEST = 1L << 62;

  private final long first;
  private final long last;
  private final int shift;
  private final int[] starts; // by slice, and the end of the last one

  private TimeSlices(long first, long last, int shift, int[] starts) {
    this.first = first;
    this.last = last;
    this.shift = shift;
    this.starts = starts;
  }

  /**
   * Cuts the rows of a key and puts them in the order of slices; empty where they are few, or where
   * their times are all the same or too far apart to be told in numbers.
   */
  static Optional<TimeSlices> cut(long[] times, int[] rows, int from, int to) {
    if (to - from < LEAST_ROWS) {
      return Optional.empty();
    }

    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (int slot = from; slot < to; slot++) {
      first = Math.min(first, times[slot]);
      last = Math.max(last, times[slot]);
    }

    long range = last - first;
    return range > 0 && range < WIDEST
        ? Optional.of(cut(times, rows, from, to, first, last))
        : Optional.empty();
  }

  private static TimeSlices cut(long[] times, int[] rows, int from, int to, long first, long last) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros((to - from) / ROWS_A_SLICE);
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(last - first) - bits);
    int[] next = new int[(int) ((last - first) >>> shift) + 2];
    for (int slot = from; slot < to; slot++) {
      next[(int) ((times[slot] - first) >>> shift) + 1]++;
    }

    next[0] = from;
    for (int slice = 1; slice < next.length; slice++) {
      next[slice] += next[slice - 1];
    }

    int[] starts = next.clone();
    long[] timesBefore = Arrays.copyOfRange(times, from, to);
    int[] rowsBefore = Arrays.copyOfRange(rows, from, to);
    for (int i = 0; i < timesBefore.length; i++) {
      int slot = next[(int) ((timesBefore[i] - first) >>> shift)]++;
      times[slot] = timesBefore[i];
      rows[slot] = rowsBefore[i];
    }

    return new TimeSlices(first, last, shift, starts);
  }

  int count() {
    return starts.length - 1;
  }

  int start(int slice) {
    return starts[slice];
  }

  /**
   * Slots, {@code from << 32 | to}, in which the first one at or after a time stands; 0 where there
   * is none. The first row of the next slice is among them, which is later than all of this one's.
   */
  long atOrAfter(long time) {
    if (time > last) {
      return 0;
    }

    int slice = time <= first ? 0 : (int) ((time - first) >>> shift);
    int end = Math.min(starts[slice + 1] + 1, starts[starts.length - 1]);
    return (long) starts[slice] << 32 | end;
  }

  /** Slots from the key's first up to the end of the slice that a time falls into. */
  long upTo(long time) {
    int from = starts[0];
    if (time < first) {
      return (long) from << 32 | from;
    }

    int slice = time >= last ? count() - 1 : (int) ((time - first) >>> shift);
    int least =
        Math.max(from, starts[slice] - 1); // the last row before the slice, where it is empty
    return (long) least << 32 | starts[slice + 1];
  }
}
