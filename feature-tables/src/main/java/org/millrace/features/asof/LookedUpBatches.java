package org.millrace.features.asof;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Enriches the spine, batch by batch as it comes, from small views that each task holds whole.
 *
 * <p>Placement: made on the driver, runs in tasks.
 */
final class LookedUpBatches implements FlatMapFunction<Iterator<ColumnarBatch>, ColumnarBatch> {
  private static final long serialVersionUID = 1L;

  private final int[] ordinals;
  private final int asOf;
  private final List<View> views;
  private final AsOfCounters counters;

  /**
   * @param ordinals the spine's output columns in its batches
   * @param asOf ordinal of the as-of time
   */
  LookedUpBatches(int[] ordinals, int asOf, List<View> views, AsOfCounters counters) {
    this.ordinals = ordinals;
    this.asOf = asOf;
    this.views = views;
    this.counters = counters;
  }

  /**
   * A view and how the spine looks it up.
   *
   * @param keys ordinals of its key columns in the spine's batches
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record View(Shared<ViewIndex> index, KeyReader reader, int[] keys, ValueColumns columns)
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Iterator<ColumnarBatch> call(Iterator<ColumnarBatch> spine) {
    OutputColumns output = new OutputColumns(ordinals);
    List<ViewIndex> indexes = views.stream().map(view -> view.index().value()).toList();
    for (int i = 0; i < views.size(); i++) {
      output.add(indexes.get(i).values(), views.get(i).columns());
    }

    return new Iterator<>() {
      private final KeyBlock keys = new KeyBlock();
      private long[] times = new long[0];
      private int[] places = new int[0];

      @Override
      public boolean hasNext() {
        return spine.hasNext();
      }

      @Override
      public ColumnarBatch next() {
        ColumnarBatch batch = spine.next();
        int rows = batch.numRows();
        if (places.length < rows) {
          places = new int[rows];
          times = new long[rows];
        }

        boolean[] valid = readTimes(batch.column(asOf), rows, times);
        long[] matched = new long[views.size()];
        for (int i = 0; i < matched.length; i++) {
          readKeys(views.get(i), batch, rows, indexes.get(i).seed(), keys);
          indexes.get(i).find(keys, times, valid, rows, places);
          matched[i] = output.load(i, places, 0, rows);
        }

        counters.in(rows);
        counters.out(rows, matched);
        return output.behind(batch);
      }
    };
  }

  private static void readKeys(View view, ColumnarBatch batch, int rows, long seed, KeyBlock keys) {
    ColumnVector[] columns = new ColumnVector[view.keys().length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = batch.column(view.keys()[i]);
    }

    view.reader().read(columns, rows, seed, keys);
  }

  private static boolean[] readTimes(ColumnVector column, int rows, long[] times) {
    boolean[] valid = new boolean[column.hasNull() ? rows : 0];
    for (int i = 0; i < rows; i++) {
      boolean isValid = valid.length == 0 || !column.isNullAt(i);
      times[i] = isValid ? column.getLong(i) : 0;
      if (valid.length > 0) {
        valid[i] = isValid;
      }
    }

    return valid;
  }
}
