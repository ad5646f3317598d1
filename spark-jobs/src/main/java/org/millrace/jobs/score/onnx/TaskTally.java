package org.millrace.jobs.score.onnx;

import java.io.Serializable;

/**
 * What one task scored. A plain class: it travels in an accumulator.
 *
 * <p>Spark's retry of a task has the same stage and partition, so that it replaces the first
 * attempt's tally.
 */
final class TaskTally implements Serializable {
  private static final long serialVersionUID = 1L;

  final int stage;
  final int partition;
  final long rows;
  final long batches;
  final long[] nulls;
  final String executor;
  final String session;
  final String engine;

  TaskTally(
      int stage,
      int partition,
      long rows,
      long batches,
      long[] nulls,
      String executor,
      String session,
      String engine) {
    this.stage = stage;
    this.partition = partition;
    this.rows = rows;
    this.batches = batches;
    this.nulls = nulls;
    this.executor = executor;
    this.session = session;
    this.engine = engine;
  }
}
