package org.millrace.jobs.score.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * Scores one partition: buffers that are filled again for each batch, an engine, and counts.
 * Executors only.
 *
 * <p>Scoring and finishing exclude each other: rows may be pulled by another thread of the task (a
 * Python or script writer) while the task ends. Finishing is idempotent.
 */
final class TaskScorer {
  private final ScoringTask task;
  private final int partition;
  private final int stage;
  private final LeasedEngine lease;
  private final List<InputBuffer> inputs;
  private final List<OutputColumn> outputs;
  private final Engine engine;
  private final ScoringTimes times = new ScoringTimes();
  private long rows;
  private long batches;
  private boolean finished;

  TaskScorer(ScoringTask task, int stage, int partition, LeasedEngine lease) {
    ScoringPlan plan = task.plan();
    this.task = task;
    this.stage = stage;
    this.partition = partition;
    this.lease = lease;
    this.inputs =
        plan.inputs().stream().map(input -> lease.input(input, plan.batchRows())).toList();
    this.outputs =
        plan.outputs().stream().map(output -> new OutputColumn(output, plan.batchRows())).toList();
    this.engine = lease.engine(inputs, outputs, plan.batchRows(), times);
  }

  /** Takes rows of a columnar batch. */
  void fill(ColumnVector[][] vectors, int from, int count) {
    long start = System.nanoTime();
    for (int i = 0; i < inputs.size(); i++) {
      inputs.get(i).fill(vectors[i], from, count);
    }

    times.filled(System.nanoTime() - start);
  }

  /** Takes one row as the batch's row {@code at}. */
  void put(SpecializedGetters row, int[][] ordinals, int at) {
    for (int i = 0; i < inputs.size(); i++) {
      inputs.get(i).put(row, ordinals[i], at);
    }
  }

  /** Forgets the scores that are there, and makes room. */
  void reset(int count) {
    outputs.forEach(output -> output.reset(count));
  }

  /** Scores what was filled; the scores go to {@code at} and on of {@link #scores}. */
  synchronized void score(int count, int at) {
    if (finished) {
      throw new IllegalStateException("Cannot score: the task that opened this scorer has ended");
    }

    engine.score(count, at);
    rows += count;
    batches++;
    task.metrics().scored(count, times);
  }

  /** The output columns; overwritten by later batches. */
  ColumnVector[] scores() {
    return outputs.stream().map(output -> output.vector).toArray(ColumnVector[]::new);
  }

  /** Tells the counts and gives back everything. */
  synchronized void finish() {
    if (finished) {
      return;
    }

    finished = true;
    try {
      long[] missing = missing();
      task.metrics().missed(Arrays.stream(missing).sum());
      task.tallies()
          .add(
              new TaskTally(
                  stage,
                  partition,
                  rows,
                  batches,
                  missing,
                  ExecutorJvm.id(),
                  lease.session(),
                  lease.name()));
      engine.close();
    } finally {
      lease.close();
    }
  }

  private long[] missing() {
    List<Long> all = new ArrayList<>();
    for (InputBuffer input : inputs) {
      for (long missing : input.missing()) {
        all.add(missing);
      }
    }

    return all.stream().mapToLong(Long::longValue).toArray();
  }
}
