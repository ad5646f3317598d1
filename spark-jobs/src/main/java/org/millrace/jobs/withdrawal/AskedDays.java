package org.millrace.jobs.withdrawal;

import java.time.LocalDate;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Status;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.PartitionTouches;
import org.millrace.features.lake.TableLog;
import org.millrace.features.lake.Touch;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.room.JobContext;

/**
 * What the log of the prediction table says of the days that are asked for. The table decides, and
 * not the ledger: a program that was killed between its commit and its entry took the days back.
 * Driver only.
 *
 * @param open days that may have something to take back
 * @param before days that were taken back before, and are left alone
 * @param unfinished commits that took days back, or put them in force again, and are not in the
 *     ledger, by version
 */
public record AskedDays(
    SortedSet<LocalDate> open,
    NavigableMap<LocalDate, Before> before,
    NavigableMap<Long, CommitNote> unfinished) {
  /** Copies the collections. */
  public AskedDays {
    open = Collections.unmodifiableSortedSet(new TreeSet<>(open));
    before = Collections.unmodifiableNavigableMap(new TreeMap<>(before));
    unfinished = Collections.unmodifiableNavigableMap(new TreeMap<>(unfinished));
  }

  /**
   * A day that was taken back.
   *
   * @param version of the table that did it
   * @param text who, when and why, as far as the ledger has it
   * @param rows that are in force since
   */
  public record Before(long version, String text, long rows) {}

  /**
   * Reads the log.
   *
   * @throws MillraceException of category DEFINITION if a day was published after the version that
   *     the person saw, or there is no such version
   */
  public static AskedDays of(
      JobContext context, TableVersion table, DayRange days, UnpublishRequest request) {
    if (request.seen().orElse(0) > table.version()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot take back what v%d of %s shows: its newest version is v%d; give --seen a version that a message named"
              .formatted(request.seen().getAsLong(), table.table(), table.version()));
    }

    PartitionTouches touches = TableLog.of(context.spark(), table.path()).touches(table.version());
    Reading reading = new Reading(context, table, request);
    days.days().forEach(day -> reading.read(day, touches.of(Partition.of(day))));
    return new AskedDays(reading.open, reading.before, reading.unfinished);
  }

  /** The days read so far. */
  private static final class Reading {
    private final JobContext context;
    private final TableVersion table;
    private final UnpublishRequest request;
    private final SortedSet<LocalDate> open = new TreeSet<>();
    private final NavigableMap<LocalDate, Before> before = new TreeMap<>();
    private final NavigableMap<Long, CommitNote> unfinished = new TreeMap<>();

    Reading(JobContext context, TableVersion table, UnpublishRequest request) {
      this.context = context;
      this.table = table;
      this.request = request;
    }

    void read(LocalDate day, Touch touch) {
      if (touch instanceof Touch.Commit commit) {
        Optional<PartitionNote> made =
            commit.ours().map(note -> note.partitions().get(Partition.of(day)));
        if (made.flatMap(PartitionNote::withdrawal).isPresent()) {
          withdrawn(day, commit, made.get());
        } else {
          made.filter(note -> isRestored(commit)).ifPresent(note -> keepNew(day, commit, note));
          published(day, commit);
        }
      } else if (touch instanceof Touch.Forgotten) {
        forgotten(day);
      }
    }

    private void withdrawn(LocalDate day, Touch.Commit commit, PartitionNote made) {
      keepNew(day, commit, made);
      left(day, commit.version(), made.withdrawal().orElseThrow(), made.rows().accepted());
    }

    /** Only the command that gives an alias back puts a publication in force again. */
    private static boolean isRestored(Touch.Commit commit) {
      return commit
          .ours()
          .flatMap(note -> RunKey.parse(note.runKey()))
          .filter(key -> key.room().equals(Verb.ROLLBACK.word()))
          .isPresent();
    }

    private void keepNew(LocalDate day, Touch.Commit commit, PartitionNote made) {
      if (entered(day) < commit.version()) {
        keepUnfinished(day, commit, made);
      }
    }

    /** The note, of the days that this command has a lease on alone. */
    private void keepUnfinished(LocalDate day, Touch.Commit commit, PartitionNote made) {
      CommitNote note = commit.ours().orElseThrow();
      NavigableMap<Partition, PartitionNote> partitions = new TreeMap<>();
      Optional.ofNullable(unfinished.get(commit.version()))
          .ifPresent(other -> partitions.putAll(other.partitions()));
      partitions.put(Partition.of(day), made);
      unfinished.put(commit.version(), note.with(partitions));
    }

    private long entered(LocalDate day) {
      return entry(day).map(entry -> entry.tableVersion().orElse(-1)).orElse(-1L);
    }

    private Optional<LedgerEntry> entry(LocalDate day) {
      return context.ledger().entry(table.table(), day);
    }

    private void left(LocalDate day, long version, Withdrawal withdrawal, long rows) {
      if (version <= request.seen().orElse(-1)) {
        open.add(day);
        return;
      }

      String text =
          entry(day)
              .filter(entry -> entry.withdrawal().isPresent())
              .map(entry -> withdrawal.text(entry.finishedAt()))
              .orElse("taken back in v" + version);
      before.put(day, new Before(version, text, rows));
    }

    private void published(LocalDate day, Touch.Commit commit) {
      if (request.seen().isPresent() && commit.version() > request.seen().getAsLong()) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot take back what v%d of %s shows of %s: %s wrote that day since; look at it, and leave --seen out to take that back"
                .formatted(request.seen().getAsLong(), table.table(), day, commit.by()));
      }

      open.add(day);
    }

    /** The log was cleaned up since, and only the ledger knows. */
    private void forgotten(LocalDate day) {
      Optional<LedgerEntry> withdrawn =
          entry(day).filter(entry -> entry.status() == Status.WITHDRAWN);
      if (withdrawn.isPresent()) {
        left(
            day,
            withdrawn.get().tableVersion().orElse(0),
            withdrawn.get().withdrawal().orElseThrow(),
            withdrawn.get().rows().accepted());
      } else {
        open.add(day);
      }
    }
  }
}
