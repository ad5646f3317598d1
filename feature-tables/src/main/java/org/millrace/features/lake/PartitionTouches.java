package org.millrace.features.lake;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.CommitNote;

/**
 * Which commit changed each partition of a table last. Commits are read from the newest on, as far
 * as the questions need, and each once. A table is partitioned by one column here, or by none.
 *
 * <p>Placement: driver only. Not thread-safe.
 */
public final class PartitionTouches {
  private final LogDirectory log;
  private final LogReader reader;
  private final Map<String, Touch.Commit> newest = new HashMap<>();
  private @Nullable Touch anyPartition;
  private @Nullable Touch everyPartition;
  private long next;

  PartitionTouches(LogDirectory log, LogReader reader, long version) {
    this.log = log;
    this.reader = reader;
    this.next = version;
  }

  /**
   * The newest commit that changed rows of a partition.
   *
   * @throws MillraceException of category DATA_CONTRACT for an hour: commits are of days
   */
  public Touch of(Partition partition) {
    if (partition instanceof Partition.Hour) {
      throw hours(partition);
    }

    return partition instanceof Partition.Day day ? ofValue(day.text()) : any();
  }

  /** What is said where a table is asked for an hour of it. */
  static MillraceException hours(Partition hour) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot determine what a table has of the hour "
            + hour
            + ": tables are partitioned by day or not at all; have the day made as one");
  }

  private Touch ofValue(String value) {
    while (!newest.containsKey(value) && everyPartition == null && next >= oldest()) {
      step();
    }

    Touch.Commit found = newest.get(value);
    if (found != null) {
      return found;
    }

    return everyPartition != null ? everyPartition : end();
  }

  private Touch any() {
    while (anyPartition == null && next >= oldest()) {
      step();
    }

    return anyPartition != null ? anyPartition : end();
  }

  private void step() {
    LogCommit commit = reader.read(log.requireCommit(next));
    // parsed once a commit: a year's note is asked for by each of its days
    Touch.Commit touch = new Touch.Commit(next, commit.note().flatMap(CommitNote::parse));
    if (anyPartition == null && commit.changesData()) {
      anyPartition = touch;
    }

    commit.touched().stream()
        .flatMap(partition -> partition.values().stream())
        .map(value -> Optional.ofNullable(value).orElse(""))
        .forEach(value -> newest.putIfAbsent(value, touch));
    if (everyPartition == null && commit.touchesUnknown()) {
      everyPartition = touch; // it may have changed any partition that no newer commit did
    }

    next--;
  }

  private Touch end() {
    return oldest() == 0 ? new Touch.Never() : new Touch.Forgotten(oldest());
  }

  private long oldest() {
    return log.commits().isEmpty() ? Long.MAX_VALUE : log.commits().firstKey();
  }
}
