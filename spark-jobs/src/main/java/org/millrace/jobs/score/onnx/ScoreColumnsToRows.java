package org.millrace.jobs.score.onnx;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Scores one partition of columnar batches, for a consumer of rows. A row is valid until the next
 * one is asked for, as Spark's own are.
 */
final class ScoreColumnsToRows
    implements Function2<Integer, Iterator<ColumnarBatch>, Iterator<InternalRow>> {
  private static final long serialVersionUID = 1L;

  private final ScoreColumns scoring;
  private final ArrayList<DataType> types;

  ScoreColumnsToRows(ScoringTask task) {
    this.scoring = new ScoreColumns(task);
    this.types = new ArrayList<>(task.keptTypes());
    task.plan().outputs().forEach(output -> types.add(output.type()));
  }

  @Override
  public Iterator<InternalRow> call(Integer partition, Iterator<ColumnarBatch> batches) {
    return new InRows(scoring.call(partition, batches), types);
  }

  private static final class InRows implements Iterator<InternalRow> {
    private final Iterator<ColumnarBatch> scored;
    private final RowBlock block;

    InRows(Iterator<ColumnarBatch> scored, List<DataType> types) {
      this.scored = scored;
      this.block = RowBlock.of(types);
    }

    @Override
    public boolean hasNext() {
      while (!block.hasNext()) {
        if (!scored.hasNext()) {
          return false;
        }

        block.take(scored.next());
      }

      return true;
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException("No row is left in this partition");
      }

      return block.next();
    }
  }
}
