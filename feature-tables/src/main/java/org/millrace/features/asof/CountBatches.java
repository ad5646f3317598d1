package org.millrace.features.asof;

import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Passes batches on and counts their rows. Made on the driver, runs in tasks. */
final class CountBatches implements FlatMapFunction<Iterator<ColumnarBatch>, ColumnarBatch> {
  private static final long serialVersionUID = 1L;

  private final RowCounter counter;

  CountBatches(RowCounter counter) {
    this.counter = counter;
  }

  @Override
  public Iterator<ColumnarBatch> call(Iterator<ColumnarBatch> batches) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return batches.hasNext();
      }

      @Override
      public ColumnarBatch next() {
        ColumnarBatch batch = batches.next();
        counter.add((long) batch.numRows());
        return batch;
      }
    };
  }
}
