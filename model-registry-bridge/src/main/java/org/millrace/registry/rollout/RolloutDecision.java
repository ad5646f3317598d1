package org.millrace.registry.rollout;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How a rollout goes on; total, never absent.
 *
 * @param step what happens
 * @param share of the rows that the challenger gets from the next day on, where it stays in its
 *     stage and the policy changes shares; empty for the same share
 * @param reasons at least one sentence, those that decided first
 */
public record RolloutDecision(Step step, OptionalDouble share, List<String> reasons) {
  /** What happens. */
  public enum Step {
    /** It stays in its stage. */
    STAY,
    /** The next stage begins; after the last one the challenger gets the alias. */
    GO_ON,
    /** The champion scores all rows again. */
    HALT
  }

  /** Checks that a reason is given. */
  public RolloutDecision {
    requireNonNull(step, "step is null");
    requireNonNull(share, "share is null");
    reasons = List.copyOf(reasons);
    if (reasons.isEmpty()) {
      throw new IllegalArgumentException("Cannot decide " + step + " without a reason");
    }
  }
}
