package org.millrace.features.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The files of a table's log at one moment.
 *
 * @param path the log's directory
 * @param commits by version
 * @param checkpoints whole ones, by version: all parts, in order
 */
record LogDirectory(
    Path path,
    NavigableMap<Long, FileStatus> commits,
    NavigableMap<Long, List<FileStatus>> checkpoints) {
  private static final Pattern COMMIT = Pattern.compile("(\\d{20})\\.json");
  private static final Pattern CHECKPOINT =
      Pattern.compile("(\\d{20})\\.checkpoint(?:\\.(\\d{10})\\.(\\d{10}))?\\.parquet");

  /** Lists the log; an absent one has no files. */
  static LogDirectory list(LogStorage storage, Path path) throws IOException {
    NavigableMap<Long, FileStatus> commits = new TreeMap<>();
    Map<String, List<FileStatus>> parts = new TreeMap<>();
    if (path.getFileSystem(storage.configuration()).exists(path)) {
      Iterator<FileStatus> files = storage.listFrom(new Path(path, name(0)));
      while (files.hasNext()) {
        FileStatus file = files.next();
        Matcher commit = COMMIT.matcher(file.getPath().getName());
        Matcher checkpoint = CHECKPOINT.matcher(file.getPath().getName());
        if (commit.matches()) {
          commits.put(Long.parseLong(commit.group(1)), file);
        } else if (checkpoint.matches()) {
          String count = Optional.ofNullable(checkpoint.group(3)).orElse("0000000001");
          parts
              .computeIfAbsent(checkpoint.group(1) + "." + count, key -> new ArrayList<>())
              .add(file);
        }
      }
    }

    return new LogDirectory(path, commits, whole(parts));
  }

  private static NavigableMap<Long, List<FileStatus>> whole(Map<String, List<FileStatus>> parts) {
    NavigableMap<Long, List<FileStatus>> checkpoints = new TreeMap<>();
    parts.forEach(
        (key, files) -> {
          int dot = key.indexOf('.');
          if (files.size() == Integer.parseInt(key.substring(dot + 1))) {
            files.sort(Comparator.comparing(FileStatus::getPath));
            checkpoints.put(Long.parseLong(key.substring(0, dot)), List.copyOf(files));
          }
        });
    return checkpoints;
  }

  /** The newest version; -1 if there is no table. */
  long newest() {
    long commit = commits.isEmpty() ? -1 : commits.lastKey();
    long checkpoint = checkpoints.isEmpty() ? -1 : checkpoints.lastKey();
    return Math.max(commit, checkpoint);
  }

  /** A commit that must be there, since older ones are or newer ones build on it. */
  FileStatus requireCommit(long version) {
    FileStatus file = commits.get(version);
    if (file == null) {
      Long before = commits.lowerKey(version);
      Long after = commits.higherKey(version);
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read the log "
              + path
              + ": "
              + name(version)
              + " is missing"
              + (before == null ? "" : " after " + name(before))
              + (after == null ? "" : " and before " + name(after))
              + "; restore the file from a backup, or rebuild the table");
    }

    return file;
  }

  private static String name(long version) {
    return String.format(Locale.ROOT, "%020d.json", version);
  }
}
