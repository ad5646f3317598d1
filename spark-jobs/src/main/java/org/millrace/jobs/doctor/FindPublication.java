package org.millrace.jobs.doctor;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableCommit;
import org.millrace.features.lake.TableHistory;
import org.millrace.features.ledger.Ledger;
import org.millrace.jobs.room.Failures;

/** Looks in all tables for the commits of a run: which of them took effect. Driver only. */
final class FindPublication {
  private final Lake lake;
  private final Ledger ledger;
  private final RunKey wanted;
  private final Optional<String> attempt;

  FindPublication(Lake lake, Ledger ledger, RunKey wanted, Optional<String> attempt) {
    this.lake = requireNonNull(lake, "lake is null");
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.wanted = requireNonNull(wanted, "wanted is null");
    this.attempt = requireNonNull(attempt, "attempt is null");
  }

  /**
   * A commit of the run that holds.
   *
   * @param inLedger what the ledger says of it, as a clause
   */
  record Committed(String table, long version, CommitNote note, String inLedger) {
    /** {@code predictions.m: committed as v4 (...), in the ledger}. */
    @Override
    public String toString() {
      Map<Partition, PartitionNote> made = made(note);
      long rows =
          RowCounts.sum(made.values().stream().map(PartitionNote::rows).toList()).accepted();
      String days = Differences.text(new TreeSet<>(made.keySet()));
      String what =
          note.partitions().isEmpty() ? "" : (days.isEmpty() ? "" : days + ", ") + rows + " rows; ";
      return table
          + ": committed as v"
          + version
          + " ("
          + what
          + note.runKey()
          + ", attempt "
          + note.attempt()
          + "), "
          + inLedger;
    }
  }

  /** What a commit only wrote again is not of its run. */
  private static Map<Partition, PartitionNote> made(CommitNote note) {
    Map<Partition, PartitionNote> made = new TreeMap<>(note.partitions());
    made.values().removeIf(partition -> partition.rewrittenFrom().isPresent());
    return made;
  }

  /**
   * The commits, by table and version; none if nothing of the run was published.
   *
   * @throws MillraceException of category DATA_CONTRACT if a table cannot be read: nothing definite
   *     can be said then
   */
  List<Committed> run() {
    List<Committed> found = new ArrayList<>();
    Map<String, String> unreadable = new TreeMap<>();
    for (String table : lake.tables()) {
      if (!table.equals(Ledger.TABLE)) {
        try {
          found.addAll(in(table));
        } catch (Exception e) { // Scala throws checked exceptions without declaring them
          unreadable.put(table, Failures.ending(e).sentence());
        }
      }
    }

    if (!unreadable.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot determine what became of "
              + wanted
              + ": "
              + unreadable.size()
              + " tables cannot be read, "
              + String.join("; ", unreadable.values())
              + (found.isEmpty() ? "" : "; of the others: " + found));
    }

    return found;
  }

  private List<Committed> in(String table) {
    List<Committed> found = new ArrayList<>();
    for (TableCommit commit : TableHistory.of(lake.spark(), lake.path(table)).commits()) {
      commit
          .note()
          .flatMap(CommitNote::parse)
          .filter(this::isOurs)
          .filter(note -> isPublication(commit, note))
          .ifPresent(
              note ->
                  found.add(
                      new Committed(table, commit.version(), note, inLedger(table, commit, note))));
    }

    return found;
  }

  /** A run's rooms commit under keys of their own, of days within the run's. */
  private boolean isOurs(CommitNote note) {
    boolean isOfKey =
        note.runKey().equals(wanted.toString())
            || (Verb.of(wanted.room()).filter(verb -> verb.kind() == Verb.Kind.PIPELINE).isPresent()
                && RunKey.parse(note.runKey())
                    .filter(key -> key.pipeline().equals(wanted.pipeline()))
                    .filter(key -> wanted.days().contains(key.days().from()))
                    .filter(key -> wanted.days().contains(key.days().to()))
                    .isPresent());
    return isOfKey && attempt.map(note.attempt()::equals).orElse(true);
  }

  /**
   * Not the commit that only makes the table, nor one that records fencing numbers: these carry the
   * run's note too, and no rows of it.
   */
  private static boolean isPublication(TableCommit commit, CommitNote note) {
    boolean isEmpty =
        !note.partitions().isEmpty()
            && note.partitions().values().stream().allMatch(made -> made.rows().accepted() == 0);
    return commit.changesData() || isEmpty;
  }

  private String inLedger(String table, TableCommit commit, CommitNote note) {
    if (note.partitions().isEmpty()) {
      return "a table that the ledger does not keep";
    }

    int known = 0;
    int later = 0;
    Map<Partition, PartitionNote> made = made(note);
    for (Partition partition : made.keySet()) {
      long entered =
          ledger
              .entry(table, partition)
              .map(LedgerEntry::tableVersion)
              .map(version -> version.orElse(-1))
              .orElse(-1L);
      known += entered == commit.version() ? 1 : 0;
      later += entered > commit.version() ? 1 : 0;
    }

    int all = made.size();
    if (known + later == all) {
      return later == 0 ? "in the ledger" : "replaced by a later run, which is in the ledger";
    }

    return (known + later == 0 ? "not in the ledger" : "only in part in the ledger")
        + ": the same command again does it again and replaces it by the same rows, or"
        + " `millrace doctor --lake --rebuild-ledger` enters it";
  }
}
