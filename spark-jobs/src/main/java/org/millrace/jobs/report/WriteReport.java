package org.millrace.jobs.report;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.jobs.JobContext;

/**
 * Writes the HTML report of a model from what the other rooms left: evaluations, monitoring tables,
 * ledger, the model's own files.
 *
 * <p>Placement: driver only.
 */
public final class WriteReport {
  private final JobContext context;
  private final RunKey runKey;
  private final List<JobResult> steps;

  /** Prepares the room for the model that the run key names. */
  public WriteReport(JobContext context, RunKey runKey) {
    this(context, runKey, List.of());
  }

  /**
   * Prepares the room.
   *
   * @param steps rooms that ran before it in this program
   */
  public WriteReport(JobContext context, RunKey runKey, List<JobResult> steps) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.steps = List.copyOf(steps);
  }

  /** Where a model's report lies. */
  public static Path file(JobContext context, String model) {
    return Path.of(context.lake().root(), "reports", model + ".html");
  }

  /**
   * Writes the report; an earlier one is replaced in one step.
   *
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING where there is no
   *     champion to report on
   */
  public JobResult write() {
    long start = System.nanoTime();
    Path file = file(context, runKey.pipeline());
    HtmlReport.write(new GatherReport(context, runKey.pipeline()).gather(steps), file);
    context.progress().say("report", file.toString());
    return JobResult.done(
            runKey.toString(), "Wrote " + file, Map.of(), Map.of(), JobContext.secondsSince(start))
        .withValues(Map.of("report", file.toString()));
  }
}
