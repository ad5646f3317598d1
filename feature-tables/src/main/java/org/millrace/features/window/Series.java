package org.millrace.features.window;

import org.millrace.features.asof.EventBucket;

/**
 * The events of one key that one kind of aggregate looks at: those that pass a filter and have a
 * value, in the order in which the spine first sees them. Reused from key to key; one task.
 */
final class Series {
  /** Value number of a series of all events that pass the filter, whatever their values. */
  static final int NO_VALUE = -1;

  /** Filter number of a series of all events. */
  static final int NO_FILTER = -1;

  private final int value;
  private final int filter;
  private final ValueKind kind;
  private final FixedPoint fixed = new FixedPoint();
  private boolean isFixed;
  private final Ranks ranks = new Ranks();
  private boolean isRanked;

  int size;

  /** Whether it has all events of the key, as other series may too. */
  boolean isWhole;

  /** By event: the first slot that sees it. */
  int[] enter = new int[64];

  /** Microseconds, by event. */
  long[] event = new long[64];

  /** Microseconds, by event. */
  long[] known = new long[64];

  /** Words of the values, as {@link ValueKind} reads them, by event. */
  long[] words = new long[64];

  /**
   * A series.
   *
   * @param value number of the value among those of an event, or {@link #NO_VALUE}
   * @param filter number of a BOOLEAN value, or {@link #NO_FILTER}
   * @param kind of the value
   */
  Series(int value, int filter, ValueKind kind) {
    this.value = value;
    this.filter = filter;
    this.kind = kind;
  }

  int value() {
    return value;
  }

  ValueKind kind() {
    return kind;
  }

  /** Takes the events of a key. */
  void load(EventBucket bucket, int from, int to) {
    reserve(to - from);
    isFixed = false;
    isRanked = false;
    long[] source = bucket.words();
    int width = bucket.width();
    long unwanted = (value < 0 ? 0 : 1L << value) | (filter < 0 ? 0 : 1L << filter);
    int count = 0;
    for (int i = from; i < to; i++) {
      int at = i * width;
      boolean isWanted =
          (source[at + 2] & unwanted) == 0
              && (filter < 0 || source[at + EventBucket.HEAD + filter] != 0);
      if (isWanted) {
        enter[count] = bucket.enter()[i];
        event[count] = source[at];
        known[count] = source[at + 1];
        words[count] = value < 0 ? 0 : source[at + EventBucket.HEAD + value];
        count++;
      }
    }

    size = count;
    isWhole = count == to - from;
  }

  private void reserve(int events) {
    if (events > enter.length) {
      int room = Math.max(events, (int) Math.min(2L * enter.length, Integer.MAX_VALUE - 8));
      enter = new int[room];
      event = new long[room];
      known = new long[room];
      words = new long[room];
    }
  }

  /** The values as integers of one unit. */
  FixedPoint fixed() {
    if (!isFixed) {
      fixed.load(words, size, kind);
      isFixed = true;
    }

    return fixed;
  }

  /** The values by rank. */
  Ranks ranks() {
    if (!isRanked) {
      ranks.load(words, size, kind);
      isRanked = true;
    }

    return ranks;
  }

  /** Order of two events: event time, known time, value; equal only where all three are. */
  int compare(int a, int b) {
    int order = Long.compare(event[a], event[b]);
    if (order == 0) {
      order = Long.compare(known[a], known[b]);
    }

    return order != 0 ? order : Long.compare(kind.order(words[a]), kind.order(words[b]));
  }
}
