package org.millrace.jobs.run;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.validation.ValidationRules;
import org.millrace.jobs.Failures;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.gate.GateCandidate;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.monitor.MonitorPredictions;
import org.millrace.jobs.publish.PublishPredictions;
import org.millrace.jobs.report.WriteReport;
import org.millrace.jobs.score.ScoreBatch;
import org.millrace.jobs.tables.WindowConditions;
import org.millrace.jobs.train.TrainCandidate;
import org.millrace.jobs.trainingset.BuildTrainingSet;
import org.millrace.jobs.validate.ValidateFeatures;

/**
 * Runs the rooms of some days, one after the other, in one Spark application. A range that holds
 * all days of training and gate also trains, and then scores the days after the gate's; any other
 * range scores all its days with the champion there is.
 *
 * <p>Placement: driver only.
 */
public final class RunPipeline {
  private final JobContext context;
  private final RunKey runKey;
  private final List<JobResult> steps = new ArrayList<>();

  /** Prepares the rooms of the run key's days. */
  public RunPipeline(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  /**
   * Runs the rooms; the first failure ends the run, what was done before it stays and is told.
   *
   * @return the whole with its steps, also where a room failed
   */
  public JobResult run() {
    long start = System.nanoTime();
    try {
      runRooms();
    } catch (RuntimeException e) {
      JobResult failed = Failures.result(runKey.toString(), e, JobContext.secondsSince(start));
      return failed.withSteps(steps);
    }

    return result(start);
  }

  private void runRooms() {
    checkRules();
    DayRange days = runKey.days();
    step("ingest", days, key -> new IngestSources(context, key).ingest());
    step("materialize", days, key -> new MaterializeFeatures(context, key).materialize());
    step("validate", days, key -> new ValidateFeatures(context, key).validate());
    boolean trains = holdsTrainingAndGate();
    if (trains) {
      step("training-set", days, key -> new BuildTrainingSet(context, key).build());
      step("train", days, key -> new TrainCandidate(context, key).train());
      step("gate", days, key -> new GateCandidate(context, key).decide());
    }

    Optional<DayRange> scored = scoredDays(trains);
    if (scored.isPresent()) {
      step("score", scored.get(), key -> new ScoreBatch(context, key).score());
      step("publish", scored.get(), key -> new PublishPredictions(context, key).publish());
      step("monitor", scored.get(), key -> new MonitorPredictions(context, key).monitor());
    }

    boolean idle = steps.stream().allMatch(step -> step.outcome() == Outcome.NOTHING_TO_DO);
    if (idle && Files.isRegularFile(WriteReport.file(context, runKey.pipeline()))) {
      step("report", days, RunPipeline::reportStands);
    } else {
      step("report", days, key -> new WriteReport(context, key, steps).write());
    }
  }

  /** Rules and conditions that nobody can read are found now, not after the rooms before them. */
  private void checkRules() {
    for (FeatureViewDefinition view : context.definitions().views().values()) {
      ValidationRules.of(view, context.definitions().rules(view));
      WindowConditions.check(context.spark(), view);
    }
  }

  private static JobResult reportStands(RunKey key) {
    return JobResult.nothingToDo(key.toString(), "The report is of the tables as they are", 0);
  }

  private boolean holdsTrainingAndGate() {
    Definitions definitions = context.definitions();
    DayRange training =
        Definitions.named(definitions.training(), "training", runKey.pipeline()).days();
    DayRange gate = Definitions.named(definitions.gates(), "gate", runKey.pipeline()).days();
    return runKey.days().contains(training.from()) && runKey.days().contains(gate.to());
  }

  private Optional<DayRange> scoredDays(boolean trains) {
    if (!trains) {
      return Optional.of(runKey.days());
    }

    LocalDate first =
        Definitions.named(context.definitions().gates(), "gate", runKey.pipeline())
            .days()
            .to()
            .plusDays(1);
    return first.isAfter(runKey.days().to())
        ? Optional.empty()
        : Optional.of(new DayRange(first, runKey.days().to()));
  }

  private void step(String room, DayRange days, Function<RunKey, JobResult> work) {
    RunKey key = new RunKey(runKey.pipeline(), room, days);
    try {
      JobResult result = work.apply(key);
      steps.add(result);
      if (result.outcome() == Outcome.NOTHING_TO_DO) {
        context.progress().say(room, result.message());
      }
    } catch (MillraceException e) {
      if (!(e.category() == ErrorCategory.GATE_REJECTED && hasChampion())) {
        throw e;
      }

      // a rejected candidate changes nothing for the champion: the days are scored all the same
      context.progress().say(room, e.getMessage() + "; going on with the champion");
      steps.add(JobResult.failed(key.toString(), e.category(), String.valueOf(e.getMessage()), 0));
    }
  }

  private boolean hasChampion() {
    String alias =
        Definitions.named(context.definitions().scoring(), "scoring", runKey.pipeline()).alias();
    return context.registry().get().byAlias(runKey.pipeline(), alias).isPresent();
  }

  private JobResult result(long start) {
    boolean idle = steps.stream().allMatch(step -> step.outcome() == Outcome.NOTHING_TO_DO);
    Map<String, String> versions = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    steps.forEach(step -> versions.putAll(step.versions()));
    steps.forEach(step -> values.putAll(step.values()));
    double seconds = JobContext.secondsSince(start);
    JobResult whole =
        idle
            ? JobResult.nothingToDo(
                runKey.toString(), "All of " + runKey.days() + " was done before", seconds)
            : JobResult.done(
                runKey.toString(), "Ran " + runKey.days(), Map.of(), versions, seconds);
    return whole.withValues(values).withSteps(steps);
  }
}
