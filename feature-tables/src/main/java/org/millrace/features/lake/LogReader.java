package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.lake.LogCommit.FileChange;

/**
 * Reads the files of one table's log, each commit once, and keeps the newest state of some tables.
 * Driver only; thread-safe.
 */
final class LogReader {
  private static final int MAX_STATES = 64;
  private static final LogCommits COMMITS = new LogCommits();

  /**
   * Live files at a version, and the file of its commit, which shows whether the table is a new
   * one.
   */
  private record State(long version, FileStatus commit, Map<String, FileChange> files) {
    boolean isOf(LogDirectory log) {
      FileStatus now = log.commits().get(version);
      return now != null
          && now.getModificationTime() == commit.getModificationTime()
          && now.getLen() == commit.getLen();
    }
  }

  @SuppressWarnings("serial") // never written
  private static final Map<String, State> STATES =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
              return size() > MAX_STATES;
            }
          });

  private final Path path;
  private final LogStorage storage;

  LogReader(LogStorage storage, String table) {
    this.storage = storage;
    Path log = new Path(table, "_delta_log");
    try {
      path = log.getFileSystem(storage.configuration()).makeQualified(log);
    } catch (IOException e) {
      throw unreadable(log, e);
    }
  }

  Path path() {
    return path;
  }

  /** The table's directory. */
  Path table() {
    return requireNonNull(path.getParent(), "a log lies in its table");
  }

  Configuration configuration() {
    return storage.configuration();
  }

  LogDirectory list() {
    try {
      return LogDirectory.list(storage, path);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  LogCommit read(FileStatus commit) {
    try {
      return COMMITS.read(storage, commit);
    } catch (IOException e) {
      throw unreadable(commit.getPath(), e);
    }
  }

  /** The live files at a version of the log, by their keys; not to be changed. */
  Map<String, FileChange> files(LogDirectory log, long version) {
    Long checkpoint = log.checkpoints().floorKey(version);
    for (long at = checkpoint == null ? 0 : checkpoint + 1; at <= version; at++) {
      // a known state must not hide that the log was damaged since
      log.requireCommit(at);
    }

    State state = start(log, version);
    Map<String, FileChange> files = new HashMap<>(state.files());
    for (long at = state.version() + 1; at <= version; at++) {
      apply(read(log.requireCommit(at)), files);
    }

    if (files.size() > PinnedSnapshot.MAX_FILES) {
      files.replaceAll((key, file) -> file.withoutAdded());
    }

    FileStatus commit = log.commits().get(version);
    if (commit != null) {
      STATES.put(path.toString(), new State(version, commit, files));
    }

    return files;
  }

  /** Some of the table's files, to see whether they are there. */
  DataFiles dataFiles(Collection<FileChange> files) {
    return new DataFiles(table(), storage.configuration(), files);
  }

  private State start(LogDirectory log, long version) {
    State known = STATES.get(path.toString());
    if (known != null && known.version() <= version && known.isOf(log)) {
      return known;
    }

    Map.Entry<Long, List<FileStatus>> checkpoint = log.checkpoints().floorEntry(version);
    if (checkpoint == null) {
      return new State(-1, new FileStatus(), Map.of());
    }

    try {
      return new State(
          checkpoint.getKey(),
          new FileStatus(),
          LogCheckpoint.files(checkpoint.getValue(), storage.configuration()));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static void apply(LogCommit commit, Map<String, FileChange> files) {
    commit.files().stream()
        .filter(change -> !change.isAdded())
        .forEach(change -> files.remove(change.key()));
    commit.files().stream()
        .filter(FileChange::isAdded)
        .forEach(change -> files.put(change.key(), change));
  }

  private static MillraceException unreadable(Path path, IOException cause) {
    return new MillraceException(
        ErrorCategory.EXTERNAL,
        "Cannot read the log "
            + path
            + ": "
            + cause
            + "; check whether its storage answers and the file is whole",
        cause);
  }
}
