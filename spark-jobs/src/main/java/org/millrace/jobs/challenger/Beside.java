package org.millrace.jobs.challenger;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.room.JobContext;
import org.millrace.planning.Challenger;
import org.millrace.planning.ChampionRef;

/**
 * The version that scores beside a champion, with its files. Driver only.
 *
 * @param version with its files
 * @param needed what it reads
 * @param challenger who scores which rows
 * @param move what was decided on the rollout
 */
public record Beside(
    Champion version, ContractViews needed, Challenger challenger, RolloutMove move) {
  /** Checks that all is present. */
  public Beside {
    requireNonNull(version, "version is null");
    requireNonNull(needed, "needed is null");
    requireNonNull(challenger, "challenger is null");
    requireNonNull(move, "move is null");
  }

  /**
   * The challenger of a rollout. One that cannot score is left out, and that is said: it never
   * keeps the champion from scoring.
   *
   * @param champion who scores else
   * @return empty too if another version is champion than the one that it is compared with
   */
  public static Optional<Beside> of(JobContext context, Champion champion, RolloutMove move) {
    if (!move.isBeside(champion.version().version())) {
      return Optional.empty();
    }

    try {
      Champion version = Champion.beside(context, move.challenger());
      ContractViews needed = ContractViews.of(context, version);
      return Optional.of(new Beside(version, needed, challenger(version.version(), move), move));
    } catch (MillraceException e) {
      context
          .progress()
          .say(
              "rollout",
              "%s/%s is left out, the champion scores all rows: %s"
                  .formatted(move.model(), move.challenger(), e.getMessage()));
      return Optional.empty();
    }
  }

  /** What a plan knows of a challenger. */
  public static Challenger challenger(ModelVersion version, RolloutMove move) {
    return new Challenger(
        new ChampionRef(version.name(), version.version(), version.sha256()),
        move.share(),
        move.draw(),
        move.entity());
  }
}
