package org.millrace.jobs.rollout;

import java.time.LocalDate;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.jobs.challenger.RolloutHistory;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.challenger.RolloutMove.Action;
import org.millrace.jobs.room.JobContext;

/** The days of a stage whose labels are known: scored by both versions, published, judged. */
final class StageDays {
  private StageDays() {}

  /** Of the stage that is under way. */
  static SortedSet<LocalDate> of(
      JobContext context, RolloutDefinition rollout, RolloutHistory history, RolloutMove current) {
    LocalDate from = begin(history, current);
    NavigableMap<Partition, LedgerEntry> scored =
        context.ledger().partitions(rollout.challengers());
    NavigableMap<Partition, LedgerEntry> judged =
        context.ledger().partitions(LedgerObjects.quality(rollout.model()));
    String challenger = rollout.model() + "/" + current.challenger();
    SortedSet<LocalDate> days = new TreeSet<>();
    scored.forEach(
        (partition, entry) -> {
          boolean isOfThis =
              entry.isReadable() && entry.model().filter(challenger::equals).isPresent();
          if (partition instanceof Partition.Day day
              && !day.date().isBefore(from)
              && isOfThis
              && isReadable(judged, partition)) {
            days.add(day.date());
          }
        });
    return days;
  }

  /** A change of the share does not begin a stage anew. */
  private static LocalDate begin(RolloutHistory history, RolloutMove current) {
    return history.rows().stream()
        .filter(row -> row.rollout() == current.rollout())
        .filter(row -> row.action() == Action.BEGIN || row.action() == Action.ADVANCE)
        .reduce((earlier, later) -> later)
        .map(RolloutMove::fromDay)
        .orElse(current.fromDay());
  }

  private static boolean isReadable(
      NavigableMap<Partition, LedgerEntry> entries, Partition partition) {
    LedgerEntry entry = entries.get(partition);
    return entry != null && entry.isReadable();
  }
}
