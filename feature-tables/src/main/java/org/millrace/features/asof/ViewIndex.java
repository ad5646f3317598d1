package org.millrace.features.asof;

import java.io.Serializable;
import java.util.List;

/**
 * A small view, held whole: its rows by key and by the time from which each can be seen, and for
 * each of those times the row that then is the newest. Not changed once built; shared by task
 * threads.
 */
final class ViewIndex implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TimeIndex index;
  private final ValueTable values;
  private final long[] events; // by place
  private final int[] newest; // place, by slot
  private final long ttlMicros;

  private ViewIndex(
      TimeIndex index, ValueTable values, long[] events, int[] newest, long ttlMicros) {
    this.index = index;
    this.values = values;
    this.events = events;
    this.newest = newest;
    this.ttlMicros = ttlMicros;
  }

  /**
   * Driver: the index of a view.
   *
   * @param parts its rows, in any order
   * @param exact whether keys are exact
   */
  static ViewIndex of(List<ReadView.Rows> parts, boolean exact, long ttlMicros) {
    TimeIndex index = TimeSorter.index(parts.stream().map(ReadView.Rows::times).toList(), 0, exact);
    int[] firstPlaces = new int[parts.size() + 1];
    for (int i = 0; i < parts.size(); i++) {
      firstPlaces[i + 1] = Math.addExact(firstPlaces[i], parts.get(i).times().rows());
    }

    long[] events = new long[firstPlaces[parts.size()]];
    long[] knowns = new long[events.length];
    for (int i = 0; i < parts.size(); i++) {
      int rows = parts.get(i).times().rows();
      System.arraycopy(parts.get(i).events(), 0, events, firstPlaces[i], rows);
      System.arraycopy(parts.get(i).knowns(), 0, knowns, firstPlaces[i], rows);
    }

    ValueChunk[] chunks = parts.stream().map(ReadView.Rows::values).toArray(ValueChunk[]::new);
    ValueTable values = new ValueTable(chunks, firstPlaces);
    int[] newest = newest(index, values, events, knowns);
    return new ViewIndex(index, values, events, newest, ttlMicros);
  }

  private static int[] newest(TimeIndex index, ValueTable values, long[] events, long[] knowns) {
    int[] newest = new int[index.slots()];
    for (int key = 0; key < index.keys(); key++) {
      int best = -1;
      for (int slot = index.starts[key]; slot < index.starts[key + 1]; slot++) {
        int place = index.rows[slot];
        if (best < 0 || isNewer(values, events, knowns, place, best)) {
          best = place;
        }

        newest[slot] = best;
      }
    }

    return newest;
  }

  private static boolean isNewer(
      ValueTable values, long[] events, long[] knowns, int place, int than) {
    if (events[place] != events[than]) {
      return events[place] > events[than];
    }
    if (knowns[place] != knowns[than]) {
      return knowns[place] > knowns[than];
    }

    return values.compare(place, than) > 0;
  }

  ValueTable values() {
    return values;
  }

  /** Seed of the hashes of keys that {@link #find} is asked for. */
  long seed() {
    return index.seed;
  }

  /**
   * Finds the row that each of some spine rows takes.
   *
   * @param asOf microseconds, by row; without meaning where not valid
   * @param valid whether a row has an as-of time, by row; empty where all have one
   * @param places the result, by row, -1 for no match
   */
  void find(KeyBlock keys, long[] asOf, boolean[] valid, int rows, int[] places) {
    index.findLast(keys, asOf, rows, places);
    for (int i = 0; i < rows; i++) {
      boolean counts = places[i] >= 0 && !keys.isNull(i) && (valid.length == 0 || valid[i]);
      int place = counts ? newest[places[i]] : -1;
      places[i] = place >= 0 && Winners.isWithin(ttlMicros, events[place], asOf[i]) ? place : -1;
    }
  }
}
