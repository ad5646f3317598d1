package org.millrace.features.asof;

import java.io.Serializable;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * The times of a view's rows, and from when each can be seen: {@code max(event_timestamp,
 * known_at)}, one microsecond later where the boundary is exclusive. Reused from batch to batch.
 */
final class ViewTimes implements Serializable {
  private static final long serialVersionUID = 1L;

  private final boolean inclusive;
  private final boolean oneTime;

  /** Microseconds, by row. */
  long[] events = new long[0];

  /** Microseconds, by row; the same array where both times are one column. */
  long[] knowns = new long[0];

  /** Microseconds, by row; {@code Long.MAX_VALUE} for a row that never counts. */
  long[] usable = new long[0];

  ViewTimes(boolean inclusive, boolean oneTime) {
    this.inclusive = inclusive;
    this.oneTime = oneTime;
  }

  /** Reads the times of rows; those with a null key or a null time never count. */
  void read(ColumnVector event, ColumnVector known, int rows, KeyBlock keys) {
    if (usable.length < rows) {
      events = new long[rows];
      knowns = oneTime ? events : new long[rows];
      usable = new long[rows];
    }

    read(event, rows, events);
    if (!oneTime) {
      read(known, rows, knowns);
    }

    usable(events, knowns, rows, inclusive, usable);
    drop(event, rows);
    if (!oneTime) {
      drop(known, rows);
    }
    for (int i = 0; i < rows && keys.nulls.length > 0; i++) {
      usable[i] = keys.nulls[i] ? Long.MAX_VALUE : usable[i];
    }
  }

  /** From when each of some rows, whose times are not null, can be seen. */
  static void usable(long[] events, long[] knowns, int rows, boolean inclusive, long[] into) {
    long later = inclusive ? 0 : 1;
    for (int i = 0; i < rows; i++) {
      long time = Math.max(events[i], knowns[i]);
      into[i] = time == Long.MAX_VALUE ? time : time + later;
    }
  }

  private static void read(ColumnVector column, int rows, long[] into) {
    if (!column.hasNull()) {
      for (int i = 0; i < rows; i++) {
        into[i] = column.getLong(i);
      }
    } else {
      for (int i = 0; i < rows; i++) {
        into[i] = column.isNullAt(i) ? 0 : column.getLong(i);
      }
    }
  }

  private void drop(ColumnVector column, int rows) {
    if (column.hasNull()) {
      for (int i = 0; i < rows; i++) {
        if (column.isNullAt(i)) {
          usable[i] = Long.MAX_VALUE;
        }
      }
    }
  }
}
