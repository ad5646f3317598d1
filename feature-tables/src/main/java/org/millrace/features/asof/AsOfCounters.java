package org.millrace.features.asof;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What one plan node counts of a join. Where a join runs as several nodes, the first counts the
 * spine and the last counts the output; each counts the matches of its own views.
 *
 * @param spineRows where this node counts the rows that go in
 * @param rows rows that come out, a flag for each view of the whole join
 * @param isLast whether this node counts the rows that come out
 * @param flags of this node's views among those of the whole join
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record AsOfCounters(@Nullable RowCounter spineRows, RowCounter rows, boolean isLast, int[] flags)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What a node counts that joins some of the views. */
  AsOfCounters of(int[] views, boolean isFirstNode, boolean isLastNode) {
    return new AsOfCounters(isFirstNode ? spineRows : null, rows, isLastNode, views);
  }

  /** Task: counts rows of the spine. */
  void in(long count) {
    if (spineRows != null) {
      spineRows.add(count);
    }
  }

  /**
   * Task: counts rows that come out.
   *
   * @param matched of them, by view of this node
   */
  void out(long count, long[] matched) {
    rows.add(isLast ? count : 0, flags, matched);
  }
}
