package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.millrace.planning.Plan;

/**
 * What is asked of a run beside its days.
 *
 * @param options what it does
 * @param kept the plan that it is to be as, or nothing is done; empty for whatever is undone
 */
public record RunOptions(PlanOptions options, Optional<Plan> kept) {
  /** A run of everything. */
  public static final RunOptions NONE = new RunOptions(PlanOptions.NONE, Optional.empty());

  /** Checks that all is present. */
  public RunOptions {
    requireNonNull(options, "options is null");
    requireNonNull(kept, "kept is null");
  }
}
