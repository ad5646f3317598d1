package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.lake.LogCommit.FileChange;

/**
 * All that a table's log still has, for whoever examines the table: every commit, and whether the
 * files of a version are there, with the length that the log says. Without Spark jobs. Rooms, which
 * want to know little of a table, use {@link TableLog}.
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
   * A data file that is not what the log says.
   *
   * @param path in the table
   * @param what is wrong, as a clause: {@code was deleted}
   */
  public record LostFile(String path, String what) {
    /** {@code known_date=2013-03-10/part-0.parquet, which was deleted}. */
    @Override
    public String toString() {
      return path + ", which " + what;
    }
  }

  /**
   * The data files of a version that are not on the storage any more, or have another length than
   * the log says, by their paths; none if the version can be read. Files outside of the table's
   * directory are not looked at.
   */
  public List<LostFile> lostFiles(long version) {
    LogDirectory log = reader.list();
    if (version > log.newest()) {
      log.requireCommit(version);
    }

    Path root = requireNonNull(reader.path().getParent(), "a log lies in its table");
    Map<String, Long> there = there(root);
    SortedMap<String, LostFile> lost = new TreeMap<>();
    for (FileChange file : reader.files(log, version).values()) {
      Path path = path(file.key());
      if (!path.isAbsolute()) {
        difference(file.bytes(), there.get(new Path(root, path).toString()))
            .ifPresent(what -> lost.put(path.toString(), new LostFile(path.toString(), what)));
      }
    }

    return List.copyOf(lost.values());
  }

  private static Optional<String> difference(OptionalLong expected, @Nullable Long found) {
    if (found == null) {
      return Optional.of("was deleted");
    }

    return expected.isEmpty() || expected.getAsLong() == found
        ? Optional.empty()
        : Optional.of(
            "has %,d bytes, where the log says %,d".formatted(found, expected.getAsLong()));
  }

  /** Of a file's key, which may name a deletion vector too; the log has paths as URIs. */
  private static Path path(String key) {
    int end = key.indexOf('|');
    return new Path(URI.create(end < 0 ? key : key.substring(0, end)));
  }

  private Map<String, Long> there(Path root) {
    Map<String, Long> found = new HashMap<>();
    try {
      RemoteIterator<LocatedFileStatus> files =
          root.getFileSystem(spark.sessionState().newHadoopConf()).listFiles(root, true);
      while (files.hasNext()) {
        FileStatus file = files.next();
        found.put(file.getPath().toString(), file.getLen());
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
