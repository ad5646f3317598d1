package org.millrace.jobs.rollout;

import java.time.LocalDate;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
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

/**
 * The days of a stage whose labels are known.
 *
 * @param judged how many were published and judged since it began
 * @param scored those of them that the challenger has scored
 */
record StageDays(int judged, SortedSet<LocalDate> scored) {
  /** Copies the days. */
  StageDays {
    scored = Collections.unmodifiableSortedSet(new TreeSet<>(scored));
  }

  /** Of the stage that is under way. */
  static StageDays of(
      JobContext context, RolloutDefinition rollout, RolloutHistory history, RolloutMove current) {
    LocalDate from = begin(history, current);
    NavigableMap<Partition, LedgerEntry> scored =
        context.ledger().partitions(rollout.challengers());
    String challenger = rollout.model() + "/" + current.challenger();
    SortedSet<LocalDate> days = new TreeSet<>();
    int judged = 0;
    for (var entry :
        context.ledger().partitions(LedgerObjects.quality(rollout.model())).entrySet()) {
      boolean isOfStage =
          entry.getKey() instanceof Partition.Day day
              && !day.date().isBefore(from)
              && entry.getValue().isReadable();
      if (isOfStage && entry.getKey() instanceof Partition.Day day) {
        judged++;
        Optional.ofNullable(scored.get(entry.getKey()))
            .filter(LedgerEntry::isReadable)
            .flatMap(LedgerEntry::model)
            .filter(challenger::equals)
            .ifPresent(of -> days.add(day.date()));
      }
    }

    return new StageDays(judged, days);
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
}
