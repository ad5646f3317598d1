package org.millrace.jobs.run;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.jobs.room.JobContext;

/** Makes one result of the results of a run's rooms. Driver only. */
final class RunEnding {
  private static final int MOST_NAMED = 5;
  private static final String WARNING = "warning";

  private final JobContext context;
  private final RunKey runKey;
  private List<String> notReady = List.of();

  RunEnding(JobContext context, RunKey runKey) {
    this.context = context;
    this.runKey = runKey;
  }

  /** What was left out because something has yet to come. */
  void notReady(List<String> sentences) {
    notReady = List.copyOf(sentences);
  }

  /** True if no room changed anything. */
  static boolean isIdle(List<JobResult> steps) {
    return steps.stream().allMatch(step -> step.outcome() == Outcome.NOTHING_TO_DO);
  }

  /** The whole. */
  JobResult of(List<JobResult> steps, long startNanos) {
    double seconds = JobContext.secondsSince(startNanos);
    return whole(steps, seconds)
        .withValues(values(steps))
        .withSteps(steps)
        .withAttempt(context.attempt());
  }

  private JobResult whole(List<JobResult> steps, double seconds) {
    Optional<JobResult> failed =
        steps.stream()
            .filter(step -> step.outcome() == Outcome.FAILED)
            .filter(step -> !isPassedOver(step, steps))
            .findFirst();
    if (failed.isPresent()) {
      return failed(failed.get(), seconds);
    }

    if (!notReady.isEmpty()) {
      return JobResult.failed(
          runKey.toString(), ErrorCategory.INPUT_MISSING, unready(steps), seconds);
    }

    return isIdle(steps)
        ? JobResult.nothingToDo(
            runKey.toString(), "All of " + runKey.days() + " was done before", seconds)
        : JobResult.done(
            runKey.toString(), "Ran " + runKey.days(), Map.of(), versions(steps), seconds);
  }

  private JobResult failed(JobResult step, double seconds) {
    ErrorCategory category = requireNonNull(step.category(), "a failed step without a category");
    return JobResult.failed(runKey.toString(), category, step.message(), seconds)
        .withLog(step.log());
  }

  /** First what kept the rest back, as its room said it. */
  private String unready(List<JobResult> steps) {
    String rest =
        notReady.size() <= MOST_NAMED
            ? String.join(", ", notReady)
            : String.join(", ", notReady.subList(0, MOST_NAMED))
                + " and "
                + (notReady.size() - MOST_NAMED)
                + " more";
    String said =
        steps.stream()
            .filter(step -> step.outcome() == Outcome.FAILED)
            .map(step -> ": " + step.message())
            .findFirst()
            .orElse("");
    return "Ran "
        + runKey.days()
        + " as far as its inputs are there; not ready: "
        + rest
        + (said.isEmpty() ? "; run again when what they read is there" : said);
  }

  /**
   * A rejection is no failure of the run if its days were scored all the same; days of a source
   * that have yet to come are told with all that waits for them.
   */
  private boolean isPassedOver(JobResult step, List<JobResult> steps) {
    return (step.category() == ErrorCategory.GATE_REJECTED
            && steps.stream().anyMatch(other -> other.verb().equals(Verb.SCORE.word())))
        || isLookLost(step)
        || (step.category() == ErrorCategory.INPUT_MISSING
            && step.verb().equals(Verb.INGEST.word())
            && !notReady.isEmpty());
  }

  /**
   * True for a look at a rollout that could not be had this night, as the registry does not answer
   * or another program decides on it: the next night looks again.
   */
  static boolean isLookLost(JobResult step) {
    return step.verb().equals(Verb.ROLLOUT.word())
        && (step.category() == ErrorCategory.EXTERNAL || step.category() == ErrorCategory.BUSY);
  }

  private static Map<String, String> versions(List<JobResult> steps) {
    Map<String, String> versions = new LinkedHashMap<>();
    steps.forEach(step -> versions.putAll(step.versions()));
    return versions;
  }

  private static Map<String, String> values(List<JobResult> steps) {
    Map<String, String> values = new LinkedHashMap<>();
    steps.forEach(step -> values.putAll(step.values()));
    String warnings =
        steps.stream()
            .flatMap(step -> Stream.ofNullable(step.values().get(WARNING)))
            .distinct()
            .collect(Collectors.joining("; "));
    if (!warnings.isEmpty()) {
      values.put(WARNING, warnings);
    }

    return values;
  }
}
