package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;

/**
 * All commits that a table's log still has, for whoever examines the table. Without Spark jobs.
 * Rooms, which want to know little of a table, use {@link TableLog}.
 *
 * <p>Errors: EXTERNAL if the log cannot be read, DATA_CONTRACT if files of it are missing.
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class TableHistory {
  private final LogReader reader;

  private TableHistory(SparkSession spark, String path) {
    this.reader = new LogReader(LogStorage.of(requireNonNull(spark, "spark is null")), path);
  }

  /** The history of the Delta table at a path. */
  public static TableHistory of(SparkSession spark, String path) {
    return new TableHistory(spark, path);
  }

  /** The commits that the log still has, oldest first; none if there is no table. */
  public List<TableCommit> commits() {
    LogDirectory log = reader.list();
    List<TableCommit> commits = new ArrayList<>();
    long oldest = log.commits().isEmpty() ? log.newest() + 1 : log.commits().firstKey();
    if (oldest > 0 && log.checkpoints().ceilingKey(oldest - 1) == null) {
      log.requireCommit(oldest - 1); // nothing stands for the commits before
    }

    for (long version = oldest; version <= log.newest(); version++) {
      FileStatus file = log.requireCommit(version);
      LogCommit commit = reader.read(file);
      commits.add(
          new TableCommit(
              version,
              commit.note(),
              commit.changesData(),
              Instant.ofEpochMilli(file.getModificationTime())));
    }

    return commits;
  }
}
