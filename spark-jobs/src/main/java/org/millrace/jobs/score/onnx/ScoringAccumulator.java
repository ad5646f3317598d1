package org.millrace.jobs.score.onnx;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Brings the tasks' tallies to the driver, one per stage and partition: a task that ran twice
 * counts once. Tallies of failed attempts never arrive. Locked, because an executor's heartbeat
 * reads it while the task writes.
 */
final class ScoringAccumulator extends AccumulatorV2<TaskTally, List<TaskTally>> {
  private static final long serialVersionUID = 1L;

  private final Map<Long, TaskTally> tallies = new TreeMap<>();

  /**
   * Zero too where it is still being read from its bytes: Spark's part of an accumulator tells the
   * heartbeat of it before these fields are there.
   */
  @Override
  public boolean isZero() {
    if (tallies == null) {
      return true;
    }

    synchronized (tallies) {
      return tallies.isEmpty();
    }
  }

  @Override
  public AccumulatorV2<TaskTally, List<TaskTally>> copy() {
    ScoringAccumulator copy = new ScoringAccumulator();
    copy.addAll(value());
    return copy;
  }

  @Override
  public void reset() {
    synchronized (tallies) {
      tallies.clear();
    }
  }

  @Override
  public void add(TaskTally tally) {
    synchronized (tallies) {
      tallies.put(((long) tally.stage << 32) | tally.partition, tally);
    }
  }

  @Override
  public void merge(AccumulatorV2<TaskTally, List<TaskTally>> other) {
    addAll(other.value());
  }

  @Override
  public List<TaskTally> value() {
    synchronized (tallies) {
      return List.copyOf(tallies.values());
    }
  }

  private void addAll(Collection<TaskTally> others) {
    others.forEach(this::add);
  }
}
