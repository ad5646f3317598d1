package org.millrace.features.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.millrace.contracts.Status;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.lake.RowFiles;
import org.millrace.features.lake.TableLog;

/**
 * Reads {@code ops.ledger} from its data files, each once, without Spark. Not thread-safe.
 *
 * <p>Errors: EXTERNAL if a file cannot be read, DATA_CONTRACT if the table has deletion vectors.
 */
final class LedgerReader {
  // rows of earlier releases have no place in the order: they come first, by their clock
  private static final Comparator<LedgerEntry> ORDER =
      Comparator.comparingLong(LedgerEntry::sequence)
          .thenComparing(LedgerEntry::finishedAt)
          .thenComparing(entry -> entry.status() != Status.PENDING); // announced first, of a moment

  private final TableLog log;
  private final Set<Path> known = new HashSet<>();
  private long version = -1;

  /** The newest entries' place; compactions have versions too, so it may be behind the version. */
  private long lastPlace = -1;

  LedgerReader(LakeLogs logs) {
    this.log = logs.of(Ledger.TABLE);
  }

  /** The version that was read last; -1 if there was no ledger. */
  long version() {
    return version;
  }

  /** Notes that this program wrote a version, whose entries it therefore need not read. */
  void wrote(long written, long place) {
    version = written;
    lastPlace = place;
  }

  /** Entries that came since the last call, in order; all of them at the first. */
  List<LedgerEntry> readNew() {
    OptionalLong newest = log.newest();
    if (newest.isEmpty() || newest.getAsLong() == version) {
      return List.of();
    }

    List<Path> files = new ArrayList<>(log.paths(newest.getAsLong()));
    files.removeAll(known);
    boolean isFirst = version < 0;
    List<LedgerEntry> entries =
        new ArrayList<>(
            RowFiles.read(log, files, LedgerRows::entry).stream()
                .filter(entry -> isFirst || entry.sequence() > lastPlace)
                .toList());
    entries.sort(ORDER);
    entries.forEach(entry -> lastPlace = Math.max(lastPlace, entry.sequence()));
    known.addAll(files);
    version = newest.getAsLong();
    return entries;
  }
}
