package org.millrace.jobs.score.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Scores one partition of rows, a batch at a time; holds at most one batch. A row is valid until
 * the next one is asked for, as Spark's own are.
 */
final class ScoreRows implements Function2<Integer, Iterator<InternalRow>, Iterator<InternalRow>> {
  private static final long serialVersionUID = 1L;

  private final ScoringTask task;

  ScoreRows(ScoringTask task) {
    this.task = task;
  }

  @Override
  public Iterator<InternalRow> call(Integer partition, Iterator<InternalRow> rows) {
    return rows.hasNext() // an empty partition must not pay for loading a model
        ? new Scored(task, task.open(partition), rows)
        : Collections.emptyIterator();
  }

  private static final class Scored implements Iterator<InternalRow> {
    private final ScoringTask task;
    private final TaskScorer scorer;
    private final Iterator<InternalRow> rows;
    private final UnsafeProjection keep;
    private final UnsafeProjection join;
    private final KeptRows kept;
    private final int[][] inputs;
    private final JoinedRow joined = new JoinedRow();
    private ColumnarBatch scores;
    private int scored;
    private int next;

    Scored(ScoringTask task, TaskScorer scorer, Iterator<InternalRow> rows) {
      this.task = task;
      this.scorer = scorer;
      this.rows = rows;
      this.kept = new KeptRows(task.kept().size(), task.plan().batchRows());
      this.inputs = task.inputOrdinals();
      this.scores = new ColumnarBatch(scorer.scores());
      List<Expression> keeping = new ArrayList<>();
      List<DataType> joining = new ArrayList<>(task.keptTypes());
      for (int i = 0; i < task.kept().size(); i++) {
        keeping.add(new BoundReference(task.kept().get(i), task.keptTypes().get(i), true));
      }

      task.plan().outputs().forEach(output -> joining.add(output.type()));
      this.keep = UnsafeProjection.create(ScalaSeqs.of(keeping));
      this.join = UnsafeProjection.create(joining.toArray(DataType[]::new));
    }

    @Override
    public boolean hasNext() {
      if (next < scored) {
        return true;
      }

      boolean more = rows.hasNext();
      if (!more) {
        scorer.finish();
      }

      return more;
    }

    @Override
    public InternalRow next() {
      if (next == scored) {
        scoreNextBatch();
      }

      InternalRow row = join.apply(joined.apply(kept.row(next), scores.getRow(next)));
      next++;
      return row;
    }

    private void scoreNextBatch() {
      int most = task.plan().batchRows();
      int count = 0;
      kept.clear();
      while (count < most && rows.hasNext()) {
        take(rows.next(), count++);
      }

      if (count == 0) {
        throw new NoSuchElementException("No row is left in this partition");
      }

      scorer.reset(count);
      scorer.score(count, 0);
      scores = new ColumnarBatch(scorer.scores(), count);
      scored = count;
      next = 0;
    }

    private void take(InternalRow row, int at) {
      try {
        scorer.put(row, inputs, at);
      } catch (RejectedInput e) {
        throw task.rejected(e, row);
      }

      kept.add(keep.apply(row));
    }
  }
}
