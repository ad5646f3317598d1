package org.millrace.features.asof;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Batches of the spine with the columns of the views behind theirs, by places that were found when
 * the spine was read before. Each batch is valid until the next is asked for. One task.
 */
final class EnrichedBatches implements Iterator<ColumnarBatch> {
  private final Iterator<ColumnarBatch> spine;
  private final List<Enrichment> views;
  private final OutputColumns output;
  private final int end;
  private final AsOfCounters counters;
  private int row;

  /**
   * @param spineOrdinals the spine's output columns in its batches
   * @param start of this partition's rows in the places of the views
   * @param end of them
   */
  EnrichedBatches(
      Iterator<ColumnarBatch> spine,
      int[] spineOrdinals,
      List<Enrichment> views,
      int start,
      int end,
      AsOfCounters counters) {
    this.spine = spine;
    this.views = views;
    this.output = new OutputColumns(spineOrdinals);
    this.row = start;
    this.end = end;
    this.counters = counters;
    views.forEach(view -> output.add(view.values(), view.columns()));
  }

  @Override
  public boolean hasNext() {
    if (spine.hasNext()) {
      return true;
    }
    if (row != end) {
      throw new IllegalStateException(
          "a partition of the spine had " + (end - row) + " rows more when it was read first");
    }

    return false;
  }

  @Override
  public ColumnarBatch next() {
    ColumnarBatch batch = spine.next();
    int rows = batch.numRows();
    if (rows > end - row) {
      throw new IllegalStateException(
          "a partition of the spine had fewer rows when it was read first");
    }

    long[] matched = new long[views.size()];
    for (int view = 0; view < matched.length; view++) {
      matched[view] = output.load(view, views.get(view).places(), row, rows);
    }

    counters.out(rows, matched);
    row += rows;
    return output.behind(batch);
  }
}
