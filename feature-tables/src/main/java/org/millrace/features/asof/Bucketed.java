package org.millrace.features.asof;

import java.io.Serializable;

/**
 * Rows of one input that fell into one bucket, as they are shuffled.
 *
 * @param view number of the view, or {@link #SPINE}
 * @param times keys, and as-of times or from when each row can be seen
 * @param events microseconds, by row; empty for the spine
 * @param knowns microseconds, by row; empty for the spine
 * @param values of the columns that are carried
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
record Bucketed(int view, TimeBlock times, long[] events, long[] knowns, ValueChunk values)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  static final int SPINE = -1;

  int rows() {
    return times.rows();
  }
}
