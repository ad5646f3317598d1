package org.millrace.contracts;

import java.util.List;

/**
 * What a caller may do about a failure. The exit code of a job follows it, so that a DAG knows
 * whether to retry.
 */
public enum ErrorCategory {
  /** A definition or an argument is wrong. Fail, do not retry. */
  DEFINITION(64),
  /**
   * Data broke its contract: validation verdict FAIL, schema, null keys. Fail, do not retry, page
   * someone.
   */
  DATA_CONTRACT(65),
  /** The gate rejected the model. Skip what follows. */
  GATE_REJECTED(66),
  /** An external system (MLflow, metastore, storage) did not answer. Retry. */
  EXTERNAL(69),
  /** Nobody knows whether the publication happened. Never retry blindly. */
  PUBLISH_STATE_UNKNOWN(70),
  /** An input is not there yet. Retry later. */
  INPUT_MISSING(75),
  /** Another run holds the object, or won the race. Retry later. */
  BUSY(75),
  /** A defect of ours. Fail. */
  INTERNAL(1);

  /** The one first that waiting mends least. */
  private static final List<ErrorCategory> WORST_FIRST =
      List.of(
          PUBLISH_STATE_UNKNOWN,
          DATA_CONTRACT,
          DEFINITION,
          GATE_REJECTED,
          INTERNAL,
          EXTERNAL,
          BUSY,
          INPUT_MISSING);

  private final int exitCode;

  ErrorCategory(int exitCode) {
    this.exitCode = exitCode;
  }

  /**
   * True if it must be looked at before another one, which the next try may rather mend.
   *
   * @param other category
   */
  public boolean isWorseThan(ErrorCategory other) {
    return WORST_FIRST.indexOf(this) < WORST_FIRST.indexOf(other);
  }

  /** The process exit code, from sysexits.h where it has a fitting one. */
  public int exitCode() {
    return exitCode;
  }
}
