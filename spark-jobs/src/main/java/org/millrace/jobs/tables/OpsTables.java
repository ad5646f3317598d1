package org.millrace.jobs.tables;

/** Tables of the platform's own working. */
public final class OpsTables {
  /** What each validation rule measured. */
  public static final String VALIDATION_METRICS = "ops.validation_metrics";

  /** What each start of a room did, and how it ended. */
  public static final String RUNS = "ops.runs";

  /** The gate's verdicts. */
  public static final String VERDICTS = "ops.verdicts";

  /** Moves of models' aliases. */
  public static final String ALIASES = "ops.aliases";

  /** What was decided on rollouts, and looked at. */
  public static final String ROLLOUTS = "ops.rollouts";

  private OpsTables() {}
}
