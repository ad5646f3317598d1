package org.millrace.features.lake;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.actions.AddFile;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.lake.LogCommit.FileChange;

/**
 * A table's Delta log, read directly and without Spark jobs: the newest version, what a commit says
 * of itself, how many rows each day has, and which commit changed a day last. Every call looks at
 * the log anew; commits that were read before are not read again.
 *
 * <p>Errors: EXTERNAL if the log cannot be read, DATA_CONTRACT if files of it are missing.
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class TableLog {
  private final LogReader reader;

  private TableLog(LogReader reader) {
    this.reader = reader;
  }

  /** The log of the Delta table at a path. */
  public static TableLog of(SparkSession spark, String path) {
    return of(LogStorage.of(spark), path);
  }

  /** The log of the Delta table at a path, in a program that may have no session. */
  public static TableLog of(LogStorage storage, String path) {
    return new TableLog(new LogReader(storage, path));
  }

  /** The newest version, listed now; empty where there is no table. */
  public OptionalLong newest() {
    long version = reader.list().newest();
    return version < 0 ? OptionalLong.empty() : OptionalLong.of(version);
  }

  /** The {@code userMetadata} of a commit as it is; empty if it has none or is not in the log. */
  public Optional<String> note(long version) {
    FileStatus file = reader.list().commits().get(version);
    return file == null ? Optional.empty() : reader.read(file).note();
  }

  /**
   * The {@code userMetadata} of all commits up to a version that have one and are in the log, the
   * newest first, from one listing. A commit is read when the stream gets to it.
   */
  public Stream<String> notes(long version) {
    return reader.list().commits().headMap(version, true).descendingMap().values().stream()
        .flatMap(file -> reader.read(file).note().stream());
  }

  /**
   * The rows of each day at a version, by the files' statistics; days without rows are absent.
   *
   * @return empty for a day if a file of it has no statistics, so that its rows are unknown; no
   *     days at all for a table without partitions, or without files
   * @throws MillraceException of category DATA_CONTRACT if the log does not hold that version, or
   *     the table has rows without a day
   */
  public NavigableMap<LocalDate, OptionalLong> rowsByDay(long version) {
    return byDay(version, FileChange::rows);
  }

  /** Likewise the bytes of the files. */
  public NavigableMap<LocalDate, OptionalLong> bytesByDay(long version) {
    return byDay(version, FileChange::bytes);
  }

  private NavigableMap<LocalDate, OptionalLong> byDay(
      long version, Function<FileChange, OptionalLong> count) {
    NavigableMap<LocalDate, OptionalLong> days = new TreeMap<>();
    for (FileChange file : files(version).values()) {
      file.partition().keySet().stream()
          .findFirst()
          .ifPresent(column -> days.merge(day(file, column), count.apply(file), TableLog::sum));
    }

    return days;
  }

  /** The rows of the whole table at a version; empty if a file of it has no statistics. */
  public OptionalLong rows(long version) {
    return sum(version, FileChange::rows);
  }

  /** Likewise the bytes of the files. */
  public OptionalLong bytes(long version) {
    return sum(version, FileChange::bytes);
  }

  private OptionalLong sum(long version, Function<FileChange, OptionalLong> count) {
    return files(version).values().stream().map(count).reduce(OptionalLong.of(0), TableLog::sum);
  }

  /**
   * Where the data files of a version are, in no order.
   *
   * @throws MillraceException of category DATA_CONTRACT if rows were deleted without their file
   *     being written anew: whoever reads the files as they are would still find them
   */
  public List<Path> paths(long version) {
    List<Path> paths = new ArrayList<>();
    for (FileChange file : files(version).values()) {
      if (file.key().indexOf('|') >= 0) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot read the files of "
                + reader.table()
                + " as they are: "
                + file.key()
                + " has a deletion vector; have its files written anew: REORG TABLE delta.`"
                + reader.table()
                + "` APPLY (PURGE)");
      }

      paths.add(new Path(reader.table(), DataFiles.path(file.key())));
    }

    return paths;
  }

  /** What file systems are opened with. */
  public Configuration configuration() {
    return reader.configuration();
  }

  /** The data files of a version, to see whether they are there. */
  public DataFiles dataFiles(long version) {
    return reader.dataFiles(files(version).values());
  }

  /**
   * Answers for many days which commit changed them last, reading each commit once.
   *
   * @param version the newest one that counts
   */
  public PartitionTouches touches(long version) {
    LogDirectory log = reader.list();
    requireVersion(log, version);
    return new PartitionTouches(log, reader, version);
  }

  /** True if there is such a version. */
  boolean holds(long version) {
    return version >= 0 && version <= reader.list().newest();
  }

  /**
   * The files of a version as Delta reads them; empty if one is of a kind that only Delta reads.
   */
  Optional<List<AddFile>> added(long version) {
    List<AddFile> added = new ArrayList<>();
    for (FileChange file : files(version).values()) {
      if (file.added().isEmpty()) {
        return Optional.empty();
      }

      added.add(file.added().get().get());
    }

    return Optional.of(added);
  }

  /** The version after {@code before} that Delta's transaction committed. */
  OptionalLong findTransaction(String transaction, long before) {
    LogDirectory log = reader.list();
    for (long version = log.newest(); version > before; version--) {
      if (reader
          .read(log.requireCommit(version))
          .transaction()
          .filter(transaction::equals)
          .isPresent()) {
        return OptionalLong.of(version);
      }
    }

    return OptionalLong.empty();
  }

  /** The first version of a range, both ends included, that added or removed rows. */
  OptionalLong firstDataChange(long from, long to) {
    LogDirectory log = reader.list();
    for (long version = from; version <= to; version++) {
      if (reader.read(log.requireCommit(version)).changesData()) {
        return OptionalLong.of(version);
      }
    }

    return OptionalLong.empty();
  }

  private Map<String, FileChange> files(long version) {
    LogDirectory log = reader.list();
    requireVersion(log, version);
    return reader.files(log, version);
  }

  private void requireVersion(LogDirectory log, long version) {
    if (version < 0 || version > log.newest()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read version "
              + version
              + " of the log "
              + reader.path()
              + ": its newest version is "
              + log.newest()
              + "; files of the log were removed or the table was made anew");
    }
  }

  private LocalDate day(FileChange file, String dayColumn) {
    String value = file.partition().get(dayColumn);
    return parseDay(value).orElseThrow(() -> withoutDay(dayColumn, value));
  }

  /** The day that a partition's value says; empty if it says none. */
  static Optional<LocalDate> parseDay(@Nullable String value) {
    try {
      return Optional.ofNullable(value).map(LocalDate::parse);
    } catch (DateTimeException e) {
      return Optional.empty(); // another kind of partition
    }
  }

  private MillraceException withoutDay(String dayColumn, @Nullable String value) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot count the rows by day of the log "
            + reader.path()
            + ": a file has "
            + dayColumn
            + " '"
            + value
            + "' vs a date; find out what wrote it, and replace those rows");
  }

  private static OptionalLong sum(OptionalLong left, OptionalLong right) {
    return left.isPresent() && right.isPresent()
        ? OptionalLong.of(left.getAsLong() + right.getAsLong())
        : OptionalLong.empty();
  }
}
