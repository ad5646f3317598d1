package org.millrace.features.window;

/**
 * When each event of a series enters and leaves one window, in slots of the spine: the window of
 * slot {@code s} holds the events with {@code enter <= s < leave}. Reused from key to key; one
 * task.
 */
final class Moves {
  private final Series series;
  private final long agedMicros;
  private final int fromDay;
  private int[] countBySlot = new int[64];
  private int[][] own = new int[5][64];

  /** Events that some slot of the key sees in the window. */
  int size;

  /** Those events, in the order in which they enter. */
  int[] entering = own[0];

  /** By position in {@link #entering}: the slot. */
  int[] enterAt = own[1];

  /** By event of the series: the first slot that does not have it any more. */
  int[] leave = own[2];

  /** Those events, in the order in which they leave. */
  int[] leaving = own[3];

  /** By position in {@link #leaving}: the slot. */
  int[] leaveAt = own[4];

  /**
   * The moves of a window.
   *
   * @param agedMicros the age at which an event has left the window
   * @param fromDay first day whose stored events are not taken themselves
   */
  Moves(Series series, long agedMicros, int fromDay) {
    this.series = series;
    this.agedMicros = agedMicros;
    this.fromDay = fromDay;
  }

  /** First day whose stored events are not taken themselves. */
  int fromDay() {
    return fromDay;
  }

  Series series() {
    return series;
  }

  /** Takes the moves of the same window for another series that has the same events of the key. */
  void share(Moves other) {
    size = other.size;
    entering = other.entering;
    enterAt = other.enterAt;
    leave = other.leave;
    leaving = other.leaving;
    leaveAt = other.leaveAt;
  }

  /**
   * Takes the series' events of a key.
   *
   * @param first slot of the key
   * @param end behind its last slot
   */
  void load(long[] asOf, int first, int end) {
    reserve(series.enter.length);
    int count = 0;
    for (int i = 0; i < series.size; i++) {
      int enter = series.enter[i];
      int slot = leave(asOf, series.event[i], enter, end);
      if (slot > enter && series.isTaken(i, fromDay)) {
        entering[count] = i;
        enterAt[count++] = enter;
        leave[i] = slot;
      }
    }

    size = count;
    sortLeaving(first, end - first);
  }

  /** First slot from {@code from} on to which the event is too old. */
  private int leave(long[] asOf, long event, int from, int end) {
    int lo = from;
    int hi = end;
    while (lo < hi) {
      int middle = (lo + hi) >>> 1;
      // an event is seen only when it has happened: the difference is an age, without a sign
      if (Long.compareUnsigned(asOf[middle] - event, agedMicros) < 0) {
        lo = middle + 1;
      } else {
        hi = middle;
      }
    }

    return lo;
  }

  private void sortLeaving(int first, int slots) {
    if (countBySlot.length < slots + 2) {
      countBySlot = new int[Math.max(slots + 2, 2 * countBySlot.length)];
    }

    java.util.Arrays.fill(countBySlot, 0, slots + 2, 0);
    for (int i = 0; i < size; i++) {
      countBySlot[leave[entering[i]] - first + 1]++;
    }
    for (int slot = 0; slot < slots; slot++) {
      countBySlot[slot + 1] += countBySlot[slot];
    }
    for (int i = 0; i < size; i++) {
      int slot = leave[entering[i]];
      int at = countBySlot[slot - first]++;
      leaving[at] = entering[i];
      leaveAt[at] = slot;
    }
  }

  private void reserve(int events) {
    if (events > own[0].length) {
      own = new int[own.length][events];
    }

    entering = own[0];
    enterAt = own[1];
    leave = own[2];
    leaving = own[3];
    leaveAt = own[4];
  }
}
