package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Batches of the spine with the columns of the views behind theirs. The spine's vectors are passed
 * on as they are. Each batch is valid until the next is asked for. One task.
 */
final class EnrichedBatches implements Iterator<ColumnarBatch> {
  private final Iterator<ColumnarBatch> spine;
  private final int[] spineOrdinals;
  private final List<Enrichment> views;
  private final List<Gathered> gathered = new ArrayList<>();
  private final List<ColumnVector> vectors = new ArrayList<>();
  private final int end;
  private final RowCounter counter;
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
      RowCounter counter) {
    this.spine = spine;
    this.spineOrdinals = spineOrdinals;
    this.views = views;
    this.row = start;
    this.end = end;
    this.counter = counter;
    for (Enrichment view : views) {
      Gathered values = new Gathered(view.values(), view.columns());
      gathered.add(values);
      for (int c = 0; c < view.columns().output(); c++) {
        vectors.add(new GatheredVector(view.columns().types()[c], values, c));
      }
    }
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
      matched[view] = gathered.get(view).load(views.get(view).places(), row, rows);
    }

    counter.add(rows, matched);
    row += rows;
    ColumnVector[] columns = new ColumnVector[spineOrdinals.length + vectors.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] =
          i < spineOrdinals.length
              ? batch.column(spineOrdinals[i])
              : vectors.get(i - spineOrdinals.length);
    }

    return new ColumnarBatch(columns, rows);
  }
}
