package org.millrace.features.window;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** Number of the INT value that says what a row is: null for an event, else its marker. */
  static final int MARKER = 0;

  /** Number of the INT value that is the day of an event that has a part too; else null. */
  static final int DAY = 1;

  /** How many values stand before all others where partial aggregates are used. */
  static final int PART_VALUES = 2;

  private static final int NOT_STORED = Integer.MIN_VALUE;

  private final int value;
  private final int filter;
  private final Output.Stored stored;
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

  /** Sums that stand for events which are not here, of the days of {@link #sumDays}. */
  final List<StoredSums> sums = new ArrayList<>();

  /** By number in {@link #sums}: the day of the events. */
  int[] sumDays = new int[0];

  /** By event, where partials are used: its day, or {@link #NOT_STORED}. */
  private int[] days = new int[0];

  /** By event, where partials are used: whether it stands for all events of its day. */
  private boolean[] isPart = new boolean[0];

  /**
   * A series.
   *
   * @param value number of the value among those of an event, or {@link #NO_VALUE}
   * @param filter number of a BOOLEAN value, or {@link #NO_FILTER}
   * @param stored what stands for events of it
   * @param kind of the value
   */
  Series(int value, int filter, Output.Stored stored, ValueKind kind) {
    this.value = value;
    this.filter = filter;
    this.stored = stored;
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
    sums.clear();
    size = 0;
    long[] source = bucket.words();
    int width = bucket.width();
    long unwanted = (value < 0 ? 0 : 1L << value) | (filter < 0 ? 0 : 1L << filter);
    for (int i = from; i < to; i++) {
      int at = i * width;
      if (stored.isMixed() && (source[at + 2] & 1L << MARKER) == 0) {
        addPart(bucket, i);
        continue;
      }

      boolean isWanted =
          (source[at + 2] & unwanted) == 0
              && (filter < 0 || source[at + EventBucket.HEAD + filter] != 0);
      if (isWanted) {
        add(bucket, i, value);
      }
    }

    isWhole = size == to - from;
  }

  private void add(EventBucket bucket, int i, int of) {
    int at = i * bucket.width();
    long[] source = bucket.words();
    enter[size] = bucket.enter()[i];
    event[size] = source[at];
    known[size] = source[at + 1];
    words[size] = of < 0 ? 0 : source[at + EventBucket.HEAD + of];
    if (stored.isMixed()) {
      boolean isStored = (source[at + 2] & 1L << DAY) == 0;
      days[size] = isStored ? (int) source[at + EventBucket.HEAD + DAY] : NOT_STORED;
      isPart[size] = false;
    }

    size++;
  }

  private void addPart(EventBucket bucket, int i) {
    int at = i * bucket.width();
    long[] source = bucket.words();
    boolean isOfThis =
        source[at + EventBucket.HEAD + MARKER] == stored.marker()
            && (source[at + 2] & 1L << stored.value()) == 0;
    if (isOfThis && stored.isSums()) {
      addSums(
          (int) source[at + EventBucket.HEAD + DAY],
          bucket.bytes(stored.value(), source[at + EventBucket.HEAD + stored.value()]));
    } else if (isOfThis) {
      add(bucket, i, stored.value());
      isPart[size - 1] = true;
    }
  }

  private void addSums(int day, byte[] bytes) {
    if (sums.size() == sumDays.length) {
      sumDays = Arrays.copyOf(sumDays, Math.max(64, 2 * sums.size()));
    }

    sumDays[sums.size()] = day;
    sums.add(StoredSums.of(bytes));
  }

  /** Whether a window that takes days from this one on from their parts takes an event as it is. */
  boolean isTaken(int i, int fromDay) {
    return !stored.isMixed() || (days[i] >= fromDay) == isPart[i];
  }

  private void reserve(int events) {
    if (events > enter.length) {
      int room = Math.max(events, (int) Math.min(2L * enter.length, Integer.MAX_VALUE - 8));
      enter = new int[room];
      event = new long[room];
      known = new long[room];
      words = new long[room];
    }
    if (stored.isMixed() && days.length < enter.length) {
      days = new int[enter.length];
      isPart = new boolean[enter.length];
    }
  }

  /** The values as integers of one unit. */
  FixedPoint fixed() {
    if (!isFixed) {
      fixed.load(words, size, kind, sums);
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
