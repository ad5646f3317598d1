package org.millrace.jobs.run;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.validation.ValidationRules;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.Failures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomRunner;
import org.millrace.jobs.tables.LakePlaces;
import org.millrace.jobs.tables.WindowConditions;
import org.millrace.planning.Split;

/**
 * Runs the rooms of some days, one after the other, in one Spark application. A range that holds
 * all days of training and gate also trains, and then scores the days after the gate's; any other
 * range scores all its days with the current champion. The first failure ends it; what was done
 * before stays and is in the result.
 *
 * <p>Placement: driver only. Its caller holds the lease of everything that it writes.
 */
public final class RunPipeline {
  private final JobContext context;
  private final RunKey runKey;
  private final RoomRunner runner;
  private final BiFunction<Verb, RunKey, Room<?>> rooms;
  private final List<JobResult> steps = new ArrayList<>();

  /**
   * Prepares the rooms of the run key's days.
   *
   * @param rooms opens a room
   */
  public RunPipeline(
      JobContext context,
      RunKey runKey,
      RoomRunner runner,
      BiFunction<Verb, RunKey, Room<?>> rooms) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.runner = requireNonNull(runner, "runner is null");
    this.rooms = requireNonNull(rooms, "rooms is null");
  }

  /**
   * Runs the rooms.
   *
   * @return the whole with its steps, also if a room failed
   */
  public JobResult run() {
    long start = System.nanoTime();
    checkRules();
    DayRange days = runKey.days();
    Split.warning(context.pipeline(), days).ifPresent(text -> context.progress().say("run", text));
    Optional<DayRange> scored = Split.scored(context.pipeline(), days);
    boolean goesOn = steps(days, Verb.INGEST, Verb.MATERIALIZE, Verb.VALIDATE);
    if (goesOn && Split.trains(context.pipeline(), days)) {
      goesOn = steps(days, Verb.TRAINING_SET, Verb.TRAIN) && gate(days, scored.isPresent());
    }

    if (goesOn && scored.isPresent()) {
      goesOn = steps(scored.get(), Verb.SCORE, Verb.PUBLISH, Verb.MONITOR);
    }

    keep(steps);
    if (goesOn) {
      keep(List.of(report(days)));
    }

    return whole(start);
  }

  /** Rules and conditions that cannot be read are found now, not after the rooms before them. */
  private void checkRules() {
    for (FeatureViewDefinition view : context.pipeline().views()) {
      ValidationRules.of(view, view.rules());
      WindowConditions.check(context.spark(), view);
    }
  }

  private boolean steps(DayRange days, Verb... verbs) {
    for (Verb verb : verbs) {
      if (step(verb, days).outcome() == Outcome.FAILED) {
        return false;
      }
    }

    return true;
  }

  private JobResult step(Verb verb, DayRange days) {
    RunKey key = new RunKey(runKey.pipeline(), verb.word(), days);
    JobResult result =
        runner.run(rooms.apply(verb, key), key, Claims.of(verb, context.pipeline(), days));
    steps.add(result);
    return result;
  }

  /** A rejected candidate changes nothing for the champion: the days are scored all the same. */
  private boolean gate(DayRange days, boolean scores) {
    JobResult result = step(Verb.GATE, days);
    if (result.category() != ErrorCategory.GATE_REJECTED || !scores || !hasChampion()) {
      return result.outcome() != Outcome.FAILED;
    }

    context.progress().say("gate", result.message() + "; going on with the champion");
    return true;
  }

  private boolean hasChampion() {
    String alias = context.pipeline().scoring().alias();
    try {
      return context.registry().get().byAlias(runKey.pipeline(), alias).isPresent();
    } catch (RuntimeException e) {
      // no room: what is thrown here ends the run without its steps. SCORE asks again, has a cache
      context.progress().say("gate", "no word of the champion: " + Failures.ending(e).sentence());
      return true;
    }
  }

  private void keep(List<JobResult> results) {
    if (!isIdle()) {
      runner.keep(runKey, results);
    }
  }

  /** After the others were kept: it shows them. */
  private JobResult report(DayRange days) {
    if (isIdle() && Files.isRegularFile(LakePlaces.report(context.lake(), runKey.pipeline()))) {
      RunKey key = new RunKey(runKey.pipeline(), Verb.REPORT.word(), days);
      JobResult idle =
          JobResult.nothingToDo(key.toString(), "The report is of the tables as they are", 0)
              .withAttempt(context.attempt());
      steps.add(idle);
      return idle;
    }

    return step(Verb.REPORT, days);
  }

  private boolean isIdle() {
    return steps.stream().allMatch(step -> step.outcome() == Outcome.NOTHING_TO_DO);
  }

  private JobResult whole(long start) {
    double seconds = JobContext.secondsSince(start);
    Optional<JobResult> failed =
        steps.stream()
            .filter(step -> step.outcome() == Outcome.FAILED)
            .filter(step -> !isPassedOver(step))
            .findFirst();
    JobResult whole =
        failed
            .map(step -> failed(step, seconds))
            .orElseGet(
                () ->
                    isIdle()
                        ? JobResult.nothingToDo(
                            runKey.toString(),
                            "All of " + runKey.days() + " was done before",
                            seconds)
                        : JobResult.done(
                            runKey.toString(),
                            "Ran " + runKey.days(),
                            Map.of(),
                            versions(),
                            seconds));
    return whole.withValues(values()).withSteps(steps).withAttempt(context.attempt());
  }

  private JobResult failed(JobResult step, double seconds) {
    ErrorCategory category = requireNonNull(step.category(), "a failed step without a category");
    return JobResult.failed(runKey.toString(), category, step.message(), seconds)
        .withLog(step.log());
  }

  /** A rejection is no failure of the run if its days were scored all the same. */
  private boolean isPassedOver(JobResult step) {
    return step.category() == ErrorCategory.GATE_REJECTED
        && steps.stream().anyMatch(other -> other.verb().equals(Verb.SCORE.word()));
  }

  private Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    steps.forEach(step -> versions.putAll(step.versions()));
    return versions;
  }

  private Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    steps.forEach(step -> values.putAll(step.values()));
    return values;
  }
}
