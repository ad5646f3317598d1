package org.millrace.jobs.room;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FailureLog;
import org.millrace.contracts.JobResult;
import org.millrace.jobs.failure.Ending;
import org.millrace.jobs.failure.Endings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever ended a run into its result. Driver only. */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** What a failure means: category and sentence; that of this JVM if it is being ended. */
  public static Ending ending(Throwable failure) {
    if (isEnding()) {
      return new Ending(
          ErrorCategory.EXTERNAL,
          "Interrupted from outside: what was finished stays; give the same command again",
          true);
    }

    return Endings.of(failure);
  }

  /**
   * The result of a run that ended so. The trace of an unexpected ending goes to a log, which the
   * result's {@code log} names.
   *
   * @param runKey the intent, or as much of it as is known
   * @param attempt distinct for each start of the program
   * @param traces where traces go; empty if the project's home is not known
   */
  public static JobResult result(
      String runKey,
      String attempt,
      Throwable failure,
      double seconds,
      Optional<FailureLog> traces) {
    Ending ending = ending(failure);
    LOG.debug("Run failed", failure);
    JobResult result =
        JobResult.failed(runKey, ending.category(), ending.sentence(), seconds)
            .withAttempt(attempt);
    if (ending.isExpected()) {
      return result;
    }

    try {
      if (traces.isPresent()) {
        Path trace = traces.get().keep(runKey, attempt, ending.sentence(), failure);
        return result.withLog(trace.toString());
      }
    } catch (IOException e) {
      LOG.warn("Cannot keep the trace of a failure: {}", e.toString());
    }

    LOG.error("Run failed", failure);
    return result;
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
