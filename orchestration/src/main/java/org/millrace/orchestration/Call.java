package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * One call of {@code millrace} for a job, as it is kept in case it has to be made again.
 *
 * @param key what it asked for
 * @param arguments as they were typed
 * @param directory where relative paths in the arguments start
 * @param lake {@code MILLRACE_LAKE} of the call; empty if it was not set
 * @param registry {@code MLFLOW_TRACKING_URI} of the call; null if it was not set, or not kept
 * @param process the command's own process, as {@link org.millrace.contracts.ProcessStamp} prints
 *     it; empty if the system does not say
 * @param ending how it failed; null until then
 */
record Call(
    CallKey key,
    List<String> arguments,
    String directory,
    String lake,
    @Nullable String registry,
    String process,
    @Nullable Ending ending) {
  Call {
    requireNonNull(key, "key is null");
    arguments = List.copyOf(arguments);
  }

  /**
   * A failure.
   *
   * @param exitCode of the command
   * @param category null if the job ended without a result line
   * @param message one sentence
   */
  record Ending(int exitCode, @Nullable ErrorCategory category, String message) {
    static Ending of(RuntimeException failure) {
      ErrorCategory category =
          failure instanceof MillraceException expected
              ? expected.category()
              : ErrorCategory.INTERNAL;
      return new Ending(category.exitCode(), category, String.valueOf(failure.getMessage()));
    }
  }

  /** The registry of the call; empty for that of the definitions. */
  String registryOrNone() {
    return registry == null ? "" : registry;
  }

  Call endedBy(Ending how) {
    return new Call(key, arguments, directory, lake, registry, process, how);
  }
}
