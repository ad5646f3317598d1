package org.millrace.jobs.tables;

/** Tables of the platform's own working. */
public final class OpsTables {
  /** What each validation rule measured. */
  public static final String VALIDATION_METRICS = "ops.validation_metrics";

  private OpsTables() {}
}
