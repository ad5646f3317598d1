package org.millrace.features.window;

import java.io.Serializable;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.millrace.features.asof.AsOfCounts;
import org.millrace.features.asof.RowCounter;

/**
 * What one aggregation counts.
 *
 * @param spineRows rows that go in
 * @param rows rows that come out
 */
record WindowCounters(RowCounter spineRows, RowCounter rows) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Driver: counters of one aggregation. */
  static WindowCounters register(SparkContext context) {
    WindowCounters counters = new WindowCounters(new RowCounter(0), new RowCounter(0));
    context.register(counters.spineRows);
    context.register(counters.rows);
    return counters;
  }

  /** Driver: what was counted. */
  AsOfCounts value() {
    return new AsOfCounts(spineRows.value()[0], rows.value()[0], Map.of());
  }
}
