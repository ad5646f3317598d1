package org.millrace.jobs.score.onnx;

import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Turns columnar batches into rows of Spark's own layout. Rows of numbers alone are written column
 * by column for some hundred rows at a time ({@link FixedRows}); others one by one. One per task;
 * executors only.
 */
abstract class RowBlock {
  static RowBlock of(List<DataType> types) {
    return types.stream().allMatch(FixedRows::takes) ? new FixedRows(types) : new AnyRows(types);
  }

  /** Begins with a batch; the one before must have been read. */
  abstract void take(ColumnarBatch taken);

  abstract boolean hasNext();

  /** Valid until the next call. */
  abstract InternalRow next();

  /** By Spark's projection. */
  private static final class AnyRows extends RowBlock {
    private final UnsafeProjection projection;
    private ColumnarBatch batch = new ColumnarBatch(new ColumnVector[0]);
    private int next;

    AnyRows(List<DataType> types) {
      this.projection = UnsafeProjection.create(types.toArray(DataType[]::new));
    }

    @Override
    void take(ColumnarBatch taken) {
      batch = taken;
      next = 0;
    }

    @Override
    boolean hasNext() {
      return next < batch.numRows();
    }

    @Override
    InternalRow next() {
      return projection.apply(batch.getRow(next++));
    }
  }
}
