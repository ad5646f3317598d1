package org.millrace.jobs;

import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds our own exception inside the ones that Spark wraps around a failed task or query. */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final int MAX_DEPTH = 20;

  private Failures() {}

  /** The result of a job that ended so; a defect of ours is logged with its trace. */
  public static JobResult result(String runKey, Throwable failure, double seconds) {
    if (isEnding()) {
      return JobResult.failed(
          runKey,
          ErrorCategory.EXTERNAL,
          "Interrupted from outside: what was finished stays; give the same command again",
          seconds);
    }

    ErrorCategory category = category(failure);
    if (category == ErrorCategory.INTERNAL) {
      LOG.error("Job failed", failure);
    } else {
      LOG.debug("Job failed", failure);
    }

    return JobResult.failed(runKey, category, message(failure), seconds);
  }

  /** The category of the first exception of ours in the chain of causes, else INTERNAL. */
  static ErrorCategory category(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
      if (cause instanceof MillraceException ours) {
        return ours.category();
      }

      cause = cause.getCause();
    }

    return ErrorCategory.INTERNAL;
  }

  /** The message of that exception, else of the failure with its type. */
  static String message(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
      if (cause instanceof MillraceException ours) {
        return String.valueOf(ours.getMessage());
      }

      cause = cause.getCause();
    }

    return failure.toString().lines().findFirst().orElse("no message"); // Spark adds whole traces
  }

  /**
   * True where this JVM was told to end: Spark is stopped by then, and fails whatever still runs.
   */
  private static boolean isEnding() {
    Thread hook = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      Runtime.getRuntime().removeShutdownHook(hook);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}
