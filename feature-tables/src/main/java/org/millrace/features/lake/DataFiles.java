package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.features.lake.LogCommit.FileChange;

/**
 * The data files of one version of a table, and whether the storage has them with the length that
 * the log says. A file is looked at when it is asked for, and never opened. Files outside of the
 * table's directory are not looked at.
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class DataFiles {
  private final Path root;
  private final Configuration configuration;
  private final Collection<FileChange> files;
  private final Map<LocalDate, List<FileChange>> byDay = new HashMap<>();

  DataFiles(Path root, Configuration configuration, Collection<FileChange> files) {
    this.root = requireNonNull(root, "root is null");
    this.configuration = requireNonNull(configuration, "configuration is null");
    this.files = List.copyOf(files);
    for (FileChange file : files) {
      day(file).ifPresent(day -> byDay.computeIfAbsent(day, at -> new ArrayList<>()).add(file));
    }
  }

  /**
   * A data file that is not what the log says.
   *
   * @param path in the table
   * @param what is wrong, as a clause: {@code was deleted}
   */
  public record Lost(String path, String what) {
    /** {@code known_date=2013-03-10/part-0.parquet, which was deleted}. */
    @Override
    public String toString() {
      return path + ", which " + what;
    }
  }

  /** All that are lost, by their paths; none if the version can be read. */
  public List<Lost> lost() {
    return lost(files);
  }

  /** Those of a day that are lost, or of the whole table for any other partition. */
  public List<Lost> lost(Partition partition) {
    return partition instanceof Partition.Day day
        ? lost(byDay.getOrDefault(day.date(), List.of()))
        : lost();
  }

  private List<Lost> lost(Collection<FileChange> among) {
    try {
      FileSystem storage = root.getFileSystem(configuration);
      List<Lost> lost = new ArrayList<>();
      for (FileChange file : among) {
        Path path = path(file.key());
        if (!path.isAbsolute()) {
          difference(file.bytes(), length(storage, new Path(root, path)))
              .ifPresent(what -> lost.add(new Lost(path.toString(), what)));
        }
      }

      lost.sort(Comparator.comparing(Lost::path));
      return lost;
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot look at the files of the table "
              + root
              + ": "
              + e
              + "; check whether its storage answers",
          e);
    }
  }

  private static OptionalLong length(FileSystem storage, Path file) throws IOException {
    try {
      return OptionalLong.of(storage.getFileStatus(file).getLen());
    } catch (FileNotFoundException e) {
      return OptionalLong.empty();
    }
  }

  private static Optional<String> difference(OptionalLong expected, OptionalLong found) {
    if (found.isEmpty()) {
      return Optional.of("was deleted");
    }

    return expected.isEmpty() || expected.getAsLong() == found.getAsLong()
        ? Optional.empty()
        : Optional.of(
            "has %,d bytes, but %,d according to the log"
                .formatted(found.getAsLong(), expected.getAsLong()));
  }

  private static Optional<LocalDate> day(FileChange file) {
    return file.partition().keySet().stream()
        .findFirst()
        .flatMap(column -> TableLog.parseDay(file.partition().get(column)));
  }

  /** Of a file's key, which may name a deletion vector too; the log has paths as URIs. */
  static Path path(String key) {
    int end = key.indexOf('|');
    return new Path(URI.create(end < 0 ? key : key.substring(0, end)));
  }
}
