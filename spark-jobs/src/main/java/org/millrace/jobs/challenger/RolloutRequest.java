package org.millrace.jobs.challenger;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Optional;

/**
 * What is asked of a rollout.
 *
 * @param action what
 * @param version that is rolled out, to begin one; empty else
 * @param from first day that it holds for; empty for the day after the last published one
 * @param by the person's name
 * @param why one line; empty where the policy decides
 */
public record RolloutRequest(
    Action action, Optional<String> version, Optional<LocalDate> from, String by, String why) {
  /** What a night asks. */
  public static final RolloutRequest LOOK =
      new RolloutRequest(Action.ADVANCE, Optional.empty(), Optional.empty(), "policy", "");

  /** What is asked. */
  public enum Action {
    /** A version enters the first stage. */
    BEGIN,
    /** The policy looks and decides; with a reason, the next stage begins whatever it finds. */
    ADVANCE,
    /** The champion scores all rows again. */
    HALT,
    /** The challenger gets the alias. */
    PROMOTE
  }

  /** Checks that all is present. */
  public RolloutRequest {
    requireNonNull(action, "action is null");
    requireNonNull(version, "version is null");
    requireNonNull(from, "from is null");
    why = why.strip();
  }
}
