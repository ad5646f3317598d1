package org.millrace.features.asof;

import java.util.Iterator;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * A batch and the partition it is from, so that partitions can be read one after the other by one
 * task and rows still be known by their position. Valid until the next is asked for.
 */
record Positioned(int partition, ColumnarBatch batch) {

  /** Names the partition of each batch. */
  static final class Tag
      implements Function2<Integer, Iterator<ColumnarBatch>, Iterator<Positioned>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Positioned> call(Integer partition, Iterator<ColumnarBatch> batches) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return batches.hasNext();
        }

        @Override
        public Positioned next() {
          return new Positioned(partition, batches.next());
        }
      };
    }
  }
}
