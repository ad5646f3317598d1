package org.millrace.features.asof;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskContext;
import org.apache.spark.util.AccumulatorV2;
import org.jspecify.annotations.Nullable;

/**
 * Counts rows, and how often each of some flags was set, in a way that a repeated task cannot
 * spoil: counts are kept by partition, and a partition that reports again replaces what it said
 * before. A plain accumulator (and Spark's Observation, which is one) adds up a map task that ran
 * twice, for speculation or because its shuffle files were lost. Where a plan runs in several
 * stages (as sampling before a range partitioning does), the last stage counts.
 *
 * <p>Not safe for: an action that reads only some partitions ({@code take}, {@code show}), a plan
 * that contains the counted rows twice, and inputs that change between two attempts of a task.
 *
 * <p>Placement: made and read on the driver; Spark sends an empty copy with each task. The task
 * thread adds; Spark's heartbeat may serialise the copy meanwhile.
 */
public final class RowCounter extends AccumulatorV2<Long, long[]> {
  private static final long serialVersionUID = 1L;

  private final int flags;
  private final ConcurrentHashMap<Integer, long[]> byPartition = new ConcurrentHashMap<>();
  private int stage = -1;
  private transient long @Nullable [] mine;

  /**
   * @param flags how many flags a row can have, 0 to 63
   */
  public RowCounter(int flags) {
    this.flags = flags;
  }

  /** Executor: counts one row; bit n of {@code row} is flag n. */
  @Override
  public void add(Long row) {
    long[] counts = mine;
    if (counts == null) {
      counts = startTask();
    }

    counts[0]++;
    for (long rest = row; rest != 0; rest &= rest - 1) {
      counts[1 + Long.numberOfTrailingZeros(rest)]++;
    }
  }

  /** Executor: counts some rows at once. */
  public void add(long rows) {
    long[] counts = mine;
    if (counts == null) {
      counts = startTask();
    }

    counts[0] += rows;
  }

  private long[] startTask() {
    TaskContext task = requireNonNull(TaskContext.get(), "not running inside a Spark task");
    long[] counts = new long[1 + flags];
    stage = task.stageId();
    byPartition.put(task.partitionId(), counts);
    mine = counts;
    return counts;
  }

  @Override
  public synchronized void merge(AccumulatorV2<Long, long[]> other) {
    RowCounter update = (RowCounter) other;
    if (update.stage < stage) {
      return;
    }
    if (update.stage > stage) {
      byPartition.clear();
      stage = update.stage;
    }

    byPartition.putAll(update.byPartition);
  }

  /** Rows, then the count of each flag. */
  @Override
  public synchronized long[] value() {
    long[] sum = new long[1 + flags];
    for (Map.Entry<Integer, long[]> partition : byPartition.entrySet()) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += partition.getValue()[i];
      }
    }

    return sum;
  }

  /**
   * Zero too where it is still being read from its bytes: Spark's part of an accumulator tells the
   * heartbeat of it before these fields are there.
   */
  @Override
  public boolean isZero() {
    return byPartition == null || byPartition.isEmpty();
  }

  @Override
  public RowCounter copy() {
    RowCounter copy = new RowCounter(flags);
    copy.merge(this);
    return copy;
  }

  @Override
  public void reset() {
    byPartition.clear();
    stage = -1;
    mine = null;
  }
}
