package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * All that a table's log still has, for whoever examines the table: every commit, and whether the
 * files of a version are there. Without Spark jobs. Rooms, which want to know little of a table,
 * use {@link TableLog}.
 *
 * <p>Errors: EXTERNAL if the log cannot be read, DATA_CONTRACT if files of it are missing.
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class TableHistory {
  private final SparkSession spark;
  private final LogReader reader;

  private TableHistory(SparkSession spark, String path) {
    this.spark = requireNonNull(spark, "spark is null");
    this.reader = new LogReader(spark, path);
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

  /**
   * The data files of a version that are not on the storage any more, by their paths in the table;
   * none if the version can be read.
   */
  public List<String> missingFiles(long version) {
    LogDirectory log = reader.list();
    if (version > log.newest()) {
      log.requireCommit(version);
    }

    Path root = requireNonNull(reader.path().getParent(), "a log lies in its table");
    Set<String> there = there(root);
    return reader.files(log, version).keySet().stream()
        .map(TableHistory::path)
        .filter(file -> !file.isAbsolute() && !there.contains(new Path(root, file).toString()))
        .map(Path::toString)
        .distinct()
        .sorted()
        .toList();
  }

  /** Of a file's key, which may name a deletion vector too; the log has paths as URIs. */
  private static Path path(String key) {
    int end = key.indexOf('|');
    return new Path(URI.create(end < 0 ? key : key.substring(0, end)));
  }

  private Set<String> there(Path root) {
    Set<String> found = new HashSet<>();
    try {
      RemoteIterator<LocatedFileStatus> files =
          root.getFileSystem(spark.sessionState().newHadoopConf()).listFiles(root, true);
      while (files.hasNext()) {
        found.add(files.next().getPath().toString());
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot list the files of the table "
              + root
              + ": "
              + e
              + "; look whether its storage answers",
          e);
    }

    return found;
  }
}
