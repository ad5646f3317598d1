package org.millrace.jobs.challenger;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.lake.RowFiles;
import org.millrace.features.lake.TableLog;
import org.millrace.jobs.challenger.RolloutMove.Action;
import org.millrace.jobs.tables.OpsTables;

/**
 * All that was decided on the rollouts of a model, by {@code ops.rollouts}. Read without Spark.
 *
 * @param model registered model
 * @param version of the table that was read; -1 if there is none
 * @param rows oldest first
 */
public record RolloutHistory(String model, long version, List<RolloutMove> rows) {
  /** Copies the list. */
  public RolloutHistory {
    requireNonNull(model, "model is null");
    rows = List.copyOf(rows);
  }

  /** The history of a model. */
  public static RolloutHistory read(LakeLogs logs, String model) {
    TableLog log = logs.of(OpsTables.ROLLOUTS);
    long version = log.newest().orElse(-1);
    return new RolloutHistory(
        model,
        version,
        RowFiles.at(log, version, RolloutMove::of).stream()
            .filter(row -> row.model().equals(model))
            .sorted(Comparator.comparingLong(RolloutMove::number))
            .toList());
  }

  /** What holds on a day, also if it was decided since: the newest move that reaches the day. */
  public Optional<RolloutMove> on(LocalDate day) {
    return last(moves().filter(move -> !move.fromDay().isAfter(day)))
        .filter(move -> move.action().goesOn());
  }

  /** The rollout that is under way, as it is from its newest move on; empty for none. */
  public Optional<RolloutMove> current() {
    return last(moves()).filter(move -> move.action().goesOn());
  }

  /** The newest move of a rollout, also of one that has ended; empty before the first. */
  public Optional<RolloutMove> newest() {
    return last(moves());
  }

  /** The newest row with evidence of the newest rollout; empty if nothing was measured yet. */
  public Optional<RolloutMove> look() {
    return newest()
        .flatMap(
            now ->
                last(
                    rows.stream()
                        .filter(row -> row.rollout() == now.rollout())
                        .filter(row -> !row.evidence().isEmpty())));
  }

  private Stream<RolloutMove> moves() {
    return rows.stream().filter(row -> row.action() != Action.LOOK);
  }

  private static Optional<RolloutMove> last(Stream<RolloutMove> moves) {
    return moves.reduce((earlier, later) -> later);
  }
}
