package org.millrace.features.window;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.millrace.features.asof.BucketAggregation;
import org.millrace.features.asof.EventBucket;
import org.millrace.features.asof.RowCounter;

/** Aggregates buckets and counts their rows. Made on the driver, runs in tasks. */
final class WindowTask implements BucketAggregation {
  private static final long serialVersionUID = 1L;

  private final List<Output> outputs;
  private final DataType[] types;
  private final RowCounter rows;

  WindowTask(List<Output> outputs, List<DataType> types, RowCounter rows) {
    this.outputs = List.copyOf(outputs);
    this.types = types.toArray(DataType[]::new);
    this.rows = rows;
  }

  @Override
  public Iterator<ColumnarBatch> aggregate(EventBucket bucket) {
    WindowBatches batches = new WindowBatches(bucket, outputs, types);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return batches.hasNext();
      }

      @Override
      public ColumnarBatch next() {
        ColumnarBatch batch = batches.next();
        rows.add((long) batch.numRows());
        return batch;
      }
    };
  }
}
