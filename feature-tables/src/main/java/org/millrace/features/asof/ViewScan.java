package org.millrace.features.asof;

import java.io.Serializable;

/**
 * Where a view's keys and times stand in a batch, and how its times are read.
 *
 * @param keys ordinals, in the order of the key set
 * @param event ordinal of the event time
 * @param known ordinal of the known time; the same where they are one column
 * @param inclusive whether a row known exactly at the as-of time counts
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
record ViewScan(int[] keys, int event, int known, boolean inclusive) implements Serializable {
  private static final long serialVersionUID = 1L;

  boolean isOneTime() {
    return event == known;
  }
}
