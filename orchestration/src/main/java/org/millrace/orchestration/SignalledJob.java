package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.WholeFile;
import org.millrace.orchestration.launch.ChildProcess.Relayed;

/**
 * A driver that a signal ended: by {@code kill}, or by the system when the machine's memory ran
 * out. It may not have come to print and keep its result line, so that is done here.
 */
final class SignalledJob {
  private static final int FIRST_SIGNAL = 128;
  private static final int KILL = 9;

  private final CommandContext context;
  private final String runKey;

  /**
   * @param runKey names the job in its result line
   */
  SignalledJob(CommandContext context, String runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  /**
   * The exit code of the job: the child's own, unless a signal ended it; then that of its result
   * line, or of the line that is printed here.
   *
   * @param seconds wall time of the child
   */
  int exitCode(Relayed child, double seconds) {
    if (child.exitCode() <= FIRST_SIGNAL) {
      return child.exitCode();
    }

    Optional<JobResult> printed = result(child.lastLine());
    if (printed.isPresent()) {
      return printed.get().exitCode(); // it had all but ended
    }

    JobResult result =
        JobResult.failed(
            runKey, ErrorCategory.EXTERNAL, message(child.exitCode() - FIRST_SIGNAL), seconds);
    context.err().println("millrace: " + result.message());
    keep(result);
    context.out().println((child.isCut() ? System.lineSeparator() : "") + result.toJsonLine());
    return result.exitCode();
  }

  private String message(int signal) {
    return "Cannot finish "
        + runKey
        + ": its driver was ended by signal "
        + signal
        + (signal == KILL
            ? ", as the system does when the machine's memory runs out; see the system's log,"
                + " and run it again"
            : "; run it again");
  }

  private void keep(JobResult result) {
    Path file = context.state().resolve("results").resolve(runKey + ".json");
    try {
      WholeFile.write(file, (result.toJsonLine() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      context.err().println("millrace: cannot keep the result in " + file + ": " + Causes.words(e));
    }
  }

  /** What a line says, if it is a result line. */
  static Optional<JobResult> result(String line) {
    try {
      return line.startsWith("{") && Json.MAPPER.readTree(line).has("run_key")
          ? Optional.of(JobResult.fromJsonLine(line))
          : Optional.empty();
    } catch (IOException | MillraceException e) {
      return Optional.empty(); // cut in the middle, or another program's
    }
  }
}
