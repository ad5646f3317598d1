package org.millrace.jobs.score.onnx;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Scores one partition with the executor's shared session.
 *
 * <p>Placement: built on the driver, called on executors; only the plan, the broadcast and the
 * accumulator travel. Closing: when the task ends, whether it succeeds, fails, is killed, or is
 * read only in part. Nulls: as {@link ScoringPlan#nulls()} says.
 */
final class ScorePartition implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final ScoringPlan plan;
  private final Broadcast<OnnxModel> model;
  private final ScoringAccumulator tallies;

  ScorePartition(ScoringPlan plan, Broadcast<OnnxModel> model, ScoringAccumulator tallies) {
    this.plan = requireNonNull(plan, "plan is null");
    this.model = requireNonNull(model, "model is null");
    this.tallies = requireNonNull(tallies, "tallies is null");
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    if (!rows.hasNext()) {
      return Collections.emptyIterator(); // an empty partition must not pay for loading a model
    }

    TaskContext task = requireNonNull(TaskContext.get(), "not running inside a Spark task");
    SharedSessions.Lease lease = SharedSessions.ofThisJvm().lease(model.value());
    TaskCompletionListener giveBack = ended -> lease.close(); // runs after the one added below
    task.addTaskCompletionListener(giveBack);
    BatchScorer scorer = new BatchScorer(plan, lease);
    TaskCompletionListener end =
        ended -> {
          tallies.add(scorer.tally(ended.stageId(), ended.partitionId()));
          scorer.close();
        };
    task.addTaskCompletionListener(end);
    return new ScoredRows(rows, scorer, plan);
  }

  /** Reads lazily; holds at most one batch of rows. */
  private static final class ScoredRows implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final BatchScorer scorer;
    private final int kept;
    private final Row[] batch;
    private float[] scores = new float[0];
    private int next;

    ScoredRows(Iterator<Row> rows, BatchScorer scorer, ScoringPlan plan) {
      this.rows = rows;
      this.scorer = scorer;
      this.kept = plan.kept().size();
      this.batch = new Row[plan.batchRows()];
    }

    @Override
    public boolean hasNext() {
      return next < scores.length || rows.hasNext();
    }

    @Override
    public Row next() {
      if (next == scores.length) {
        scoreNextBatch();
      }

      Row row = batch[next];
      Object[] values = new Object[kept + 1];
      for (int i = 0; i < kept; i++) {
        values[i] = row.get(i);
      }

      values[kept] = (double) scores[next];
      next++;
      return RowFactory.create(values);
    }

    private void scoreNextBatch() {
      int count = 0;
      while (count < batch.length && rows.hasNext()) {
        batch[count++] = rows.next();
      }

      if (count == 0) {
        throw new NoSuchElementException("No row is left in this partition");
      }

      scores = scorer.score(batch, count);
      next = 0;
    }
  }
}
