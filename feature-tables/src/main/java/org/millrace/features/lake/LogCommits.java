package org.millrace.features.lake;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.jspecify.annotations.Nullable;

/**
 * Commits that this program has read, since a commit's file never changes. Driver only;
 * thread-safe.
 */
final class LogCommits {
  // with their statistics, about a kilobyte each
  private static final int MAX_FILES = 100_000;

  private record Identity(String path, long length, long modifiedMillis) {}

  // a table may be deleted and made again in one place: length and time tell its commits apart
  private final Map<Identity, LogCommit> read = new LinkedHashMap<>(16, 0.75f, true);
  private int files;

  LogCommit read(LogStorage storage, FileStatus file) throws IOException {
    Identity identity =
        new Identity(file.getPath().toString(), file.getLen(), file.getModificationTime());
    LogCommit known = find(identity);
    if (known != null) {
      return known;
    }

    LogCommit commit;
    try (Stream<String> lines = storage.lines(file.getPath())) {
      commit = LogCommit.parse(lines.iterator());
    }

    keep(identity, commit);
    return commit;
  }

  private synchronized @Nullable LogCommit find(Identity identity) {
    return read.get(identity);
  }

  private synchronized void keep(Identity identity, LogCommit commit) {
    if (read.put(identity, commit) != null) {
      return;
    }

    files += 1 + commit.files().size();
    var oldest = read.values().iterator();
    while (files > MAX_FILES && oldest.hasNext()) {
      files -= 1 + oldest.next().files().size();
      oldest.remove();
    }
  }
}
