package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Puts the columns of the views behind those of a batch of the spine, whose vectors are passed on
 * as they are. One task.
 */
final class OutputColumns {
  private final int[] spineOrdinals;
  private final List<Gathered> gathered = new ArrayList<>();
  private final List<ColumnVector> vectors = new ArrayList<>();

  /**
   * @param spineOrdinals the spine's output columns in its batches
   */
  OutputColumns(int[] spineOrdinals) {
    this.spineOrdinals = spineOrdinals;
  }

  /** Adds the columns of a view. */
  void add(ValueTable values, ValueColumns columns) {
    Gathered view = new Gathered(values, columns);
    gathered.add(view);
    for (int c = 0; c < columns.output(); c++) {
      vectors.add(new GatheredVector(columns.types()[c], view, c));
    }
  }

  /**
   * Loads a view's values for the rows of the next batch.
   *
   * @param places of the rows, from {@code from} on
   * @return how many have a match
   */
  int load(int view, int[] places, int from, int rows) {
    return gathered.get(view).load(places, from, rows);
  }

  /** The batch with what was loaded; valid until the next is loaded. */
  ColumnarBatch behind(ColumnarBatch batch) {
    ColumnVector[] columns = new ColumnVector[spineOrdinals.length + vectors.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] =
          i < spineOrdinals.length
              ? batch.column(spineOrdinals[i])
              : vectors.get(i - spineOrdinals.length);
    }

    return new ColumnarBatch(columns, batch.numRows());
  }
}
