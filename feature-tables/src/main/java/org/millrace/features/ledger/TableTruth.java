package org.millrace.features.ledger;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.DataFiles;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.lake.PartitionTouches;
import org.millrace.features.lake.TableLog;
import org.millrace.features.lake.Touch;

/**
 * What tables say of what the ledger says: for a partition that is called done, the newest commit
 * that touched it must be the one that is named, or one of ours that wrote the same rows again, and
 * its rows must be as many. A table is looked at once, until it is forgotten; no Spark job runs.
 * Driver only; not thread-safe.
 */
final class TableTruth {
  private final LakeLogs lake;
  private final Map<String, TableLog> logs = new HashMap<>();
  private final Map<String, Known> tables = new HashMap<>();

  TableTruth(LakeLogs lake) {
    this.lake = lake;
  }

  /** Looks at all tables anew when they are asked for next. */
  void refresh() {
    tables.clear();
  }

  /** Looks at one table anew when it is asked for next. */
  void forget(String table) {
    tables.remove(table);
  }

  /** The version that answers are about; empty if there is no such table. */
  Optional<TableVersion> version(String table) {
    Known known = known(table);
    return known.version < 0
        ? Optional.empty()
        : Optional.of(new TableVersion(table, lake.path(table), known.version));
  }

  /** What differs between an entry and its table, as a clause; empty if they agree. */
  Optional<String> difference(LedgerEntry entry) {
    OptionalLong named = entry.tableVersion();
    if (named.isEmpty()) {
      return Optional.empty(); // nothing of a table was promised
    }

    Known table = known(entry.object());
    if (table.version < named.getAsLong()) {
      return Optional.of(
          "the ledger has it in v"
              + named.getAsLong()
              + (table.version < 0
                  ? ", and there is no such table"
                  : ", and the table ends at v" + table.version));
    }

    Touch touch = table.touch(entry.partition());
    Optional<String> written =
        isRewritten(entry, named.getAsLong(), touch)
            ? Optional.empty()
            : touched(entry, named.getAsLong(), touch).or(() -> noted(entry, touch));
    return written.or(() -> counted(entry, table)).or(() -> lost(entry, table));
  }

  /** The commit that touched an entry's partition after the one that it names. */
  Optional<Touch.Commit> later(LedgerEntry entry) {
    OptionalLong named = entry.tableVersion();
    return named.isPresent()
            && known(entry.object()).touch(entry.partition()) instanceof Touch.Commit commit
            && commit.version() > named.getAsLong()
        ? Optional.of(commit)
        : Optional.empty();
  }

  /** A later commit of ours wrote the same rows again, as all of a table's are at a new type. */
  private static boolean isRewritten(LedgerEntry entry, long named, Touch touch) {
    return touch instanceof Touch.Commit commit
        && commit.version() > named
        && commit
            .ours()
            .flatMap(note -> Optional.ofNullable(note.partitions().get(entry.partition())))
            .filter(note -> note.rewrittenFrom().equals(OptionalLong.of(named)))
            .filter(note -> note.fingerprint().equals(entry.fingerprint()))
            .isPresent();
  }

  private static Optional<String> touched(LedgerEntry entry, long named, Touch touch) {
    if (touch instanceof Touch.Commit commit && commit.version() > named) {
      return Optional.of(
          "its newest commit is "
              + commit.by()
              + (commit.ours().isPresent() ? ", of which the ledger knows nothing" : "")
              + ", the ledger has v"
              + named);
    }

    boolean hasRows = entry.outputRows().orElse(0) > 0;
    boolean isGone =
        touch instanceof Touch.Never
            || (touch instanceof Touch.Commit commit && commit.version() < named);
    return hasRows && isGone
        ? Optional.of("v" + named + " of the table did not write it, as the ledger has it")
        : Optional.empty();
  }

  /** Another program may have written the version that the entry names, in place of a lost one. */
  private static Optional<String> noted(LedgerEntry entry, Touch touch) {
    if (!(touch instanceof Touch.Commit commit)
        || commit.version() != entry.tableVersion().orElse(-1)) {
      return Optional.empty();
    }

    Optional<String> fingerprint =
        commit
            .ours()
            .flatMap(note -> Optional.ofNullable(note.partitions().get(entry.partition())))
            .map(PartitionNote::fingerprint);
    if (commit.ours().isEmpty()) {
      return Optional.of(commit.by() + ", but the ledger has a run's");
    }

    return fingerprint
        .filter(made -> !made.equals(entry.fingerprint()))
        .map(made -> commit.by() + " made it from other definitions or inputs than the ledger has");
  }

  private static Optional<String> counted(LedgerEntry entry, Known table) {
    OptionalLong expected = entry.outputRows();
    if (expected.isEmpty()) {
      return Optional.empty(); // entries of earlier releases do not say
    }

    OptionalLong found = table.rows(entry.partition());
    return found.isPresent() && found.getAsLong() != expected.getAsLong()
        ? Optional.of(
            "it has " + found.getAsLong() + " rows, the ledger has " + expected.getAsLong())
        : Optional.empty();
  }

  private static Optional<String> lost(LedgerEntry entry, Known table) {
    List<DataFiles.Lost> lost = table.lost(entry.partition());
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(
            (lost.size() == 1
                    ? "a data file is lost, "
                    : lost.size() + " data files are lost, the first is ")
                + lost.get(0));
  }

  /** Rows of partitions of a version, for entries about it. */
  Map<Partition, Long> rows(TableVersion version, Iterable<Partition> partitions) {
    Known known = new Known(log(version.table()), version.version());
    Map<Partition, Long> rows = new TreeMap<>();
    partitions.forEach(
        partition -> known.rows(partition).ifPresent(count -> rows.put(partition, count)));
    return rows;
  }

  /** Bytes of a partition's data files; empty if they are not known. */
  OptionalLong bytes(String table, Partition partition) {
    Known known = known(table);
    return known.version < 0 ? OptionalLong.empty() : known.bytes(partition);
  }

  private Known known(String table) {
    return tables.computeIfAbsent(
        table, name -> new Known(log(name), log(name).newest().orElse(-1)));
  }

  private TableLog log(String table) {
    return logs.computeIfAbsent(table, lake::of);
  }

  /** One version of a table, as far as it was asked for. */
  private static final class Known {
    private final TableLog log;
    private final long version;
    private @Nullable PartitionTouches touches;
    private final Map<Partition, List<DataFiles.Lost>> lost = new HashMap<>();
    private @Nullable NavigableMap<LocalDate, OptionalLong> rowsByDay;
    private @Nullable NavigableMap<LocalDate, OptionalLong> bytesByDay;
    private @Nullable DataFiles files;

    private Known(TableLog log, long version) {
      this.log = log;
      this.version = version;
    }

    private Touch touch(Partition partition) {
      if (touches == null) {
        touches = log.touches(version);
      }

      return touches.of(partition);
    }

    private List<DataFiles.Lost> lost(Partition partition) {
      DataFiles all = files == null ? log.dataFiles(version) : files;
      files = all;
      return lost.computeIfAbsent(partition, all::lost);
    }

    private OptionalLong bytes(Partition partition) {
      if (!(partition instanceof Partition.Day day)) {
        return partition.equals(Partition.whole()) ? log.bytes(version) : OptionalLong.empty();
      }

      if (bytesByDay == null) {
        bytesByDay = log.bytesByDay(version);
      }

      return bytesByDay.getOrDefault(day.date(), OptionalLong.empty());
    }

    private OptionalLong rows(Partition partition) {
      if (partition instanceof Partition.Hour) {
        return OptionalLong.empty(); // files are of days
      }

      if (!(partition instanceof Partition.Day day)) {
        return log.rows(version);
      }

      if (rowsByDay == null) {
        rowsByDay = log.rowsByDay(version);
      }

      return rowsByDay.getOrDefault(day.date(), OptionalLong.of(0));
    }
  }
}
