package org.millrace.features.ledger;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiPredicate;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.lake.Touch;

/**
 * Tells a run that is between its commit and its entry from a table that was changed outside: to a
 * reader both are a commit that its ledger does not know. Driver only.
 */
final class RunsAtWork {
  private final LakeLogs logs;
  private final TableTruth truth;
  private final BiPredicate<String, Claim> isAtWork;

  /**
   * @param isAtWork whether an attempt lives and has the right to write a claim
   */
  RunsAtWork(LakeLogs logs, TableTruth truth, BiPredicate<String, Claim> isAtWork) {
    this.logs = logs;
    this.truth = truth;
    this.isAtWork = isAtWork;
  }

  /**
   * Fails if the table is ahead of an entry only because another run writes it just now.
   *
   * @throws MillraceException of category BUSY
   */
  void requireNone(LedgerEntry entry) {
    Optional<Touch.Commit> commit = truth.later(entry);
    Optional<CommitNote> note = commit.flatMap(Touch.Commit::ours);
    if (note.isPresent()
        // in this order: a run that is no longer at work wrote its entry before it ended
        && (isAtWork.test(note.get().attempt(), claim(entry))
            || isEntered(entry, commit.get().version()))) {
      throw new MillraceException(
          ErrorCategory.BUSY,
          "Cannot read "
              + entry.object()
              + " of "
              + entry.partition()
              + ": run "
              + note.get().runKey()
              + " is writing it, v"
              + commit.get().version()
              + " of the table is newer than v"
              + entry.tableVersion().orElseThrow()
              + " in the ledger; run again when that run has ended");
    }
  }

  /** The ledger as it is now, past what the open one has read: only on the way to an error. */
  private boolean isEntered(LedgerEntry entry, long version) {
    return new LedgerReader(logs)
        .readNew().stream()
            .filter(other -> other.object().equals(entry.object()))
            .filter(other -> other.partition().equals(entry.partition()))
            .anyMatch(other -> Objects.equals(other.tableVersion(), OptionalLong.of(version)));
  }

  private static Claim claim(LedgerEntry entry) {
    return entry.partition() instanceof Partition.Day day
        ? new Claim(entry.object(), DayRange.of(day.date()))
        : Claim.whole(entry.object());
  }
}
