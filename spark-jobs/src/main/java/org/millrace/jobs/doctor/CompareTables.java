package org.millrace.jobs.doctor;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeSet;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Status;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.DataFiles;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.PartitionTouches;
import org.millrace.features.lake.TableLog;
import org.millrace.features.lake.Touch;
import org.millrace.features.lease.Leases.Held;
import org.millrace.features.ledger.Ledger;
import org.millrace.jobs.doctor.Finding.Kind;
import org.millrace.jobs.doctor.NotedPartitions.Noted;
import org.millrace.jobs.room.Failures;

/**
 * Holds the ledger against every table, and every table against the ledger. A table that cannot be
 * read is one finding, and the others are compared. Driver only.
 */
final class CompareTables {
  private static final String RESTORE = "restore the files from a backup, or rebuild the table";

  private static final String REBUILD = "`millrace doctor --lake --rebuild-ledger`";

  private final Lake lake;
  private final Ledger ledger;
  private final List<Held> leases;

  CompareTables(Lake lake, Ledger ledger, List<Held> leases) {
    this.lake = requireNonNull(lake, "lake is null");
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.leases = List.copyOf(leases);
  }

  List<Finding> findings() {
    TreeSet<String> objects = new TreeSet<>(ledger.objects());
    objects.addAll(lake.tables());
    objects.remove(Ledger.TABLE);
    List<Finding> findings = new ArrayList<>();
    for (String object : objects) {
      try {
        findings.addAll(ofObject(object));
      } catch (Exception e) { // Scala throws checked exceptions without declaring them
        findings.add(unreadable(object, e));
      }
    }

    return findings;
  }

  /** What cannot be read, as a finding; its sentence says what to do. */
  static Finding unreadable(String object, Exception failure) {
    return new Finding(Kind.UNREADABLE, object, "", Failures.ending(failure).sentence(), "");
  }

  private List<Finding> ofObject(String object) {
    NavigableMap<Partition, Noted> noted = NotedPartitions.of(lake, object);
    Differences differences = new Differences(object, leases);
    ledger
        .partitions(object)
        .values()
        .forEach(
            entry ->
                compare(entry, Optional.ofNullable(noted.get(entry.partition())), differences));
    Optional<TableVersion> table = lake.current(object);
    List<Finding> findings = new ArrayList<>();
    if (table.isPresent()) {
      unknown(table.get(), noted, differences);
      if (ledger.partitions(object).isEmpty()) { // else each partition was looked at
        findings.addAll(lostFiles(table.get()));
      }
    }

    findings.addAll(0, differences.findings());
    return findings;
  }

  private void compare(LedgerEntry entry, Optional<Noted> made, Differences differences) {
    if (entry.status() == Status.PENDING) {
      differences.add(
          Kind.PENDING,
          entry.partition(),
          "was announced by " + entry.runKey() + ", which did not finish it",
          entry.runKey(),
          "");
      return;
    }

    ledger
        .difference(entry)
        .ifPresent(
            outside ->
                differences.add(
                    Kind.CHANGED_OUTSIDE,
                    entry.partition(),
                    outside.difference(),
                    entry.runKey(),
                    isTakenBack(entry, made) ? REBUILD + ", as it was taken back" : ""));
  }

  /** A program was killed after it took the partition back, and before it wrote the entry. */
  private static boolean isTakenBack(LedgerEntry entry, Optional<Noted> made) {
    return made.filter(noted -> noted.version() > entry.tableVersion().orElse(-1))
        .map(noted -> noted.note().partitions().get(entry.partition()))
        .flatMap(PartitionNote::withdrawal)
        .isPresent();
  }

  private void unknown(
      TableVersion table, NavigableMap<Partition, Noted> noted, Differences differences) {
    NavigableMap<Partition, LedgerEntry> known = ledger.partitions(table.table());
    noted.forEach(
        (partition, commit) -> {
          if (!known.containsKey(partition)) {
            differences.add(
                Kind.NOT_IN_LEDGER,
                partition,
                "v"
                    + commit.version()
                    + " by "
                    + commit.note().runKey()
                    + " wrote it, and the"
                    + " ledger has no entry",
                commit.note().runKey(),
                REBUILD);
          }
        });
    if (hasDays(known) || hasDays(noted)) {
      rowsOfOthers(table, noted, known, differences);
    }
  }

  private static boolean hasDays(NavigableMap<Partition, ?> partitions) {
    return !partitions.isEmpty() && partitions.firstKey() instanceof Partition.Day;
  }

  /** Days with rows that neither the ledger nor a note names. */
  private void rowsOfOthers(
      TableVersion table,
      NavigableMap<Partition, Noted> noted,
      NavigableMap<Partition, LedgerEntry> known,
      Differences differences) {
    TableLog log = TableLog.of(lake.spark(), table.path());
    PartitionTouches touches = log.touches(table.version());
    for (LocalDate day : log.rowsByDay(table.version()).keySet()) {
      Partition partition = Partition.of(day);
      if (!known.containsKey(partition) && !noted.containsKey(partition)) {
        Optional<Touch.Commit> commit = commit(touches.of(partition));
        differences.add(
            Kind.NOT_IN_LEDGER,
            partition,
            commit.map(Touch.Commit::by).orElse("an unknown commit")
                + " wrote rows, and the ledger has no entry",
            commit.flatMap(Touch.Commit::ours).map(CommitNote::runKey).orElse(""),
            "delete these rows");
      }
    }
  }

  private static Optional<Touch.Commit> commit(Touch touch) {
    return touch instanceof Touch.Commit commit ? Optional.of(commit) : Optional.empty();
  }

  private List<Finding> lostFiles(TableVersion table) {
    List<DataFiles.Lost> lost =
        TableLog.of(lake.spark(), table.path()).dataFiles(table.version()).lost();
    return lost.isEmpty()
        ? List.of()
        : List.of(
            new Finding(
                Kind.UNREADABLE,
                table.table(),
                "",
                "v"
                    + table.version()
                    + " lost "
                    + lost.size()
                    + " data files, the first is "
                    + lost.get(0),
                RESTORE));
  }
}
