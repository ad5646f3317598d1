package org.millrace.jobs.score.onnx;

import java.util.Collections;
import java.util.Iterator;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Scores one partition of columnar batches: the kept columns are handed on as they are, and the
 * scores put beside them. A batch is valid until the next one is asked for, as Spark's own are.
 */
final class ScoreColumns
    implements Function2<Integer, Iterator<ColumnarBatch>, Iterator<ColumnarBatch>> {
  private static final long serialVersionUID = 1L;

  private final ScoringTask task;

  ScoreColumns(ScoringTask task) {
    this.task = task;
  }

  @Override
  public Iterator<ColumnarBatch> call(Integer partition, Iterator<ColumnarBatch> batches) {
    return batches.hasNext() // an empty partition must not pay for loading a model
        ? new Scored(task, task.open(partition), batches)
        : Collections.emptyIterator();
  }

  private static final class Scored implements Iterator<ColumnarBatch> {
    private final ScoringTask task;
    private final TaskScorer scorer;
    private final Iterator<ColumnarBatch> batches;
    private final int[] kept;
    private final int[][] inputs;

    Scored(ScoringTask task, TaskScorer scorer, Iterator<ColumnarBatch> batches) {
      this.task = task;
      this.scorer = scorer;
      this.batches = batches;
      this.kept = task.keptOrdinals();
      this.inputs = task.inputOrdinals();
    }

    @Override
    public boolean hasNext() {
      boolean more = batches.hasNext();
      if (!more) {
        scorer.finish();
      }

      return more;
    }

    @Override
    public ColumnarBatch next() {
      ColumnarBatch batch = batches.next();
      int rows = batch.numRows();
      int most = task.plan().batchRows();
      ColumnVector[][] features = features(batch);
      scorer.reset(rows);
      for (int from = 0; from < rows; from += most) {
        int count = Math.min(most, rows - from);
        fill(batch, features, from, count);
        scorer.score(count, from);
      }

      return new ColumnarBatch(output(batch), rows);
    }

    private void fill(ColumnarBatch batch, ColumnVector[][] features, int from, int count) {
      try {
        scorer.fill(features, from, count);
      } catch (RejectedInput e) {
        throw task.rejected(e, batch.getRow(e.row()));
      }
    }

    private ColumnVector[][] features(ColumnarBatch batch) {
      ColumnVector[][] vectors = new ColumnVector[inputs.length][];
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = vectors(batch, inputs[i]);
      }

      return vectors;
    }

    private ColumnVector[] output(ColumnarBatch batch) {
      ColumnVector[] handedOn = vectors(batch, kept);
      ColumnVector[] scores = scorer.scores();
      ColumnVector[] all = new ColumnVector[kept.length + scores.length];
      System.arraycopy(handedOn, 0, all, 0, kept.length);
      System.arraycopy(scores, 0, all, kept.length, scores.length);
      return all;
    }

    private static ColumnVector[] vectors(ColumnarBatch batch, int[] ordinals) {
      ColumnVector[] vectors = new ColumnVector[ordinals.length];
      for (int i = 0; i < ordinals.length; i++) {
        vectors[i] = batch.column(ordinals[i]);
      }

      return vectors;
    }
  }
}
