package org.millrace.orchestration.it;

import java.time.Duration;
import java.util.List;
import org.millrace.contracts.JobResult;

/**
 * A command that has ended.
 *
 * @param out lines on stdout
 * @param err what it said on stderr
 */
record FinishedCommand(int exitCode, List<String> out, String err, Duration took) {
  FinishedCommand {
    out = List.copyOf(out);
  }

  /** The result, which is the last line on stdout. */
  JobResult result() {
    if (out.isEmpty()) {
      throw new AssertionError("No result line; exit code " + exitCode + "\n" + err);
    }

    return JobResult.fromJsonLine(out.get(out.size() - 1));
  }

  /** The result of a room of a run. */
  JobResult step(String room) {
    return result().steps().stream()
        .filter(step -> step.runKey().startsWith("late_flight." + room + "."))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No step " + room + " in " + out));
  }
}
