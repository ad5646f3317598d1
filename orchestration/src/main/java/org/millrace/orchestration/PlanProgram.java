package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.orchestration.launch.ChildProcess;
import org.millrace.orchestration.launch.ClassArchive;
import org.millrace.planning.ModelOverview;
import org.millrace.planning.PartitionStatus;
import org.millrace.planning.Plan;
import org.millrace.planning.RolloutOverview;

/**
 * Asks the program that makes plans: a JVM on Spark's jars that starts no Spark, reads the lake and
 * the registry, and changes nothing.
 */
final class PlanProgram {
  private static final String MAIN = "org.millrace.jobs.PlanMain";

  /** How the result line begins that a plan that failed prints. */
  private static final String RESULT_LINE = "{\"schema\":" + JobResult.SCHEMA + ",\"run_key\":";

  private final JobLauncher launcher;

  PlanProgram(JobLauncher launcher) {
    this.launcher = requireNonNull(launcher, "launcher is null");
  }

  /**
   * The plan of a pipeline.
   *
   * @param days empty for all days that the ledger knows
   * @param others other arguments
   * @throws MillraceException of the category of what keeps it from being made
   */
  Plan plan(String pipeline, Optional<DayRange> days, List<String> others) {
    List<String> arguments = new ArrayList<>(List.of(pipeline));
    days.ifPresent(
        range ->
            arguments.addAll(
                List.of("--from", range.from().toString(), "--to", range.to().toString())));
    arguments.addAll(others);
    return answered(answer(arguments), Plan.class);
  }

  /**
   * What is known of a partition.
   *
   * @throws MillraceException of category INPUT_MISSING if the ledger does not have it; else of the
   *     category of what keeps it from being told
   */
  PartitionStatus status(String object, Partition partition) {
    ClassArchive archive = launcher.planArchive();
    return answered(
        answer(archive.reading(), List.of(object, "--partition", partition.text())),
        PartitionStatus.class);
  }

  /**
   * What is known of the versions of a pipeline's model.
   *
   * @throws MillraceException of the category of what keeps it from being told
   */
  ModelOverview models(String pipeline) {
    ClassArchive archive = launcher.planArchive();
    return answered(answer(archive.reading(), List.of(pipeline, "--models")), ModelOverview.class);
  }

  /**
   * What is known of the rollouts of a pipeline's model.
   *
   * @throws MillraceException of the category of what keeps it from being told
   */
  RolloutOverview rollout(String pipeline) {
    ClassArchive archive = launcher.planArchive();
    return answered(
        answer(archive.reading(), List.of(pipeline, "--rollout")), RolloutOverview.class);
  }

  private static <T> T answered(ChildProcess.Captured answer, Class<T> type) {
    String line = answer.lastLine();
    if (answer.exitCode() == 0) {
      return Json.read(line, type);
    }

    if (!line.startsWith("{")) {
      throw new MillraceException(
          ErrorCategory.INTERNAL,
          "Cannot read the lake: the program that does it ended with "
              + answer.exitCode()
              + " and printed no result");
    }

    JobResult failed = Json.read(line, JobResult.class);
    throw new MillraceException(
        requireNonNull(failed.category(), "a failed result without a category"), failed.message());
  }

  /**
   * The first one after a build that reads a ledger also writes the archive of its classes. A JVM
   * that fails to write it may answer wrongly, and is then asked again without.
   */
  private ChildProcess.Captured answer(List<String> arguments) {
    ClassArchive archive = launcher.planArchive();
    List<String> writing = launcher.hasLedger() ? archive.writing() : List.of();
    if (writing.isEmpty()) {
      List<String> reading = archive.reading();
      return answer(reading.isEmpty() ? launcher.archive().reading() : reading, arguments);
    }

    ChildProcess.Captured answer = answer(writing, arguments);
    if (answer.exitCode() == 0) {
      tryTo(archive::keep);
      return answer;
    }

    tryTo(archive::discard);
    return answer.lastLine().startsWith(RESULT_LINE) ? answer : answer(List.of(), arguments);
  }

  /** The plan is there, and counts: without an archive the next one takes longer. */
  private void tryTo(Runnable step) {
    try {
      step.run();
    } catch (MillraceException e) {
      launcher.warn(String.valueOf(e.getMessage()));
    }
  }

  private ChildProcess.Captured answer(List<String> archive, List<String> arguments) {
    return ChildProcess.capture(launcher.plainCommand(MAIN, archive, arguments), Map.of());
  }
}
