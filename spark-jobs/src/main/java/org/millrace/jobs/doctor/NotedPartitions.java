package org.millrace.jobs.doctor;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.PartitionTouches;
import org.millrace.features.lake.TableCommit;
import org.millrace.features.lake.TableHistory;
import org.millrace.features.lake.TableLog;
import org.millrace.features.lake.Touch;

/** What a table's commits say of the partitions that it has now. Driver only. */
final class NotedPartitions {
  /** A commit of ours and its note. */
  record Noted(long version, CommitNote note, Instant writtenAt) {}

  private NotedPartitions() {}

  /**
   * For each partition the commit that made it as it is now. Absent are partitions that another
   * program changed since, and those that a commit names but never wrote: a commit that only makes
   * a table names the partitions of the one that is to follow.
   *
   * @throws org.millrace.contracts.MillraceException if the table's log cannot be read as a whole
   */
  static NavigableMap<Partition, Noted> of(Lake lake, String table) {
    NavigableMap<Partition, Noted> made = new TreeMap<>();
    List<TableCommit> commits = TableHistory.of(lake.spark(), lake.path(table)).commits();
    TableLog log = lake.logs().of(table);
    OptionalLong newest = log.newest();
    if (newest.isEmpty()) {
      return made;
    }

    PartitionTouches touches = log.touches(newest.getAsLong());
    Set<Partition> decided = new HashSet<>();
    for (int i = commits.size() - 1; i >= 0; i--) {
      TableCommit commit = commits.get(i);
      commit
          .note()
          .flatMap(CommitNote::parse)
          .ifPresent(
              note -> {
                Noted noted = new Noted(commit.version(), note, commit.writtenAt());
                note.partitions()
                    .forEach(
                        (partition, said) -> {
                          long touched = version(touches.of(partition));
                          if (isMade(commit.version(), touched, said) && decided.add(partition)) {
                            made.put(partition, noted);
                          } else if (touched > commit.version()) {
                            decided.add(partition);
                          }
                        });
              });
    }

    return made;
  }

  private static long version(Touch touch) {
    return touch instanceof Touch.Commit commit ? commit.version() : -1;
  }

  /** An empty partition is made by a commit that changes nothing. */
  private static boolean isMade(long version, long touched, PartitionNote said) {
    return touched == version || (touched < version && said.rows().accepted() == 0);
  }
}
