package org.millrace.jobs.doctor;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

  private final PartitionTouches touches;
  private final NavigableMap<Partition, Noted> made = new TreeMap<>();
  private final Set<Partition> decided = new HashSet<>();

  /** Of what a newer commit wrote again, the version that made it. */
  private final Map<Partition, Long> makers = new HashMap<>();

  private NotedPartitions(PartitionTouches touches) {
    this.touches = touches;
  }

  /**
   * For each partition the commit that made it as it is now; one that only wrote its rows again is
   * not meant, unless the log no longer has the one that made it. Absent are partitions that
   * another program changed since, and those that a commit names but never wrote: a commit that
   * only makes a table names the partitions of the one that is to follow.
   *
   * @throws org.millrace.contracts.MillraceException if the table's log cannot be read as a whole
   */
  static NavigableMap<Partition, Noted> of(Lake lake, String table) {
    TableLog log = lake.logs().of(table);
    OptionalLong newest = log.newest();
    if (newest.isEmpty()) {
      return new TreeMap<>();
    }

    NotedPartitions noted = new NotedPartitions(log.touches(newest.getAsLong()));
    List<TableCommit> commits = TableHistory.of(lake.spark(), lake.path(table)).commits();
    for (int i = commits.size() - 1; i >= 0; i--) {
      noted.add(commits.get(i));
    }

    return noted.made;
  }

  /** Takes in the commit before those that were taken in. */
  private void add(TableCommit commit) {
    commit
        .note()
        .flatMap(CommitNote::parse)
        .ifPresent(
            note -> {
              Noted noted = new Noted(commit.version(), note, commit.writtenAt());
              note.partitions().forEach((partition, said) -> add(partition, said, noted));
            });
  }

  private void add(Partition partition, PartitionNote said, Noted noted) {
    if (decided.contains(partition)) {
      return;
    }

    Long maker = makers.get(partition);
    long touched = version(touches.of(partition));
    if (maker != null) {
      if (noted.version() == maker) {
        made.put(partition, noted);
        decided.add(partition);
      }
    } else if (isMade(noted.version(), touched, said)) {
      made.put(partition, noted);
      said.rewrittenFrom()
          .ifPresentOrElse(version -> makers.put(partition, version), () -> decided.add(partition));
    } else if (touched > noted.version()) {
      decided.add(partition);
    }
  }

  private static long version(Touch touch) {
    return touch instanceof Touch.Commit commit ? commit.version() : -1;
  }

  /** An empty partition is made by a commit that changes nothing. */
  private static boolean isMade(long version, long touched, PartitionNote said) {
    return touched == version || (touched < version && said.rows().accepted() == 0);
  }
}
