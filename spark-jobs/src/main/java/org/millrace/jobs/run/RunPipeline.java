package org.millrace.jobs.run;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.features.validation.ValidationRules;
import org.millrace.jobs.plan.RunOptions;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.Failures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomRunner;
import org.millrace.jobs.tables.LakePlaces;
import org.millrace.jobs.tables.WindowConditions;
import org.millrace.planning.Plan;
import org.millrace.planning.Scope;
import org.millrace.planning.Split;

/**
 * Runs the rooms of some days, one after the other, in one Spark application. A range that holds
 * all days of training and gate also trains, and then scores the days after the gate's; any other
 * range scores all its days with the current champion. Days whose inputs have yet to come are left
 * out, and named at the end. The first other failure ends it; what was done before stays and is in
 * the result.
 *
 * <p>Placement: driver only. Its caller holds the lease of everything that it writes.
 */
public final class RunPipeline {
  private static final Duration ROLLOUT_WAIT = Duration.ofMinutes(10);

  private final JobContext context;
  private final RunKey runKey;
  private final RoomRunner runner;
  private final RoomOpener rooms;
  private final RunOptions options;
  private final RunPlans plans;
  private final List<JobResult> steps = new ArrayList<>();
  private Scope scope = Scope.ALL;

  /**
   * Prepares the rooms of the run key's days.
   *
   * @param rooms opens a room
   * @param options what is asked beside the days
   */
  public RunPipeline(
      JobContext context, RunKey runKey, RoomRunner runner, RoomOpener rooms, RunOptions options) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.runner = requireNonNull(runner, "runner is null");
    this.rooms = requireNonNull(rooms, "rooms is null");
    this.options = requireNonNull(options, "options is null");
    this.plans = new RunPlans(context, runKey.days(), options.options());
  }

  /**
   * The days that a run reaches, which are more than those of its key if something is made again
   * that later days read. The plan is made for it, and nothing else is done.
   */
  public static DayRange reach(JobContext context, RunKey key, RunOptions options) {
    Plan plan = new RunPlans(context, key.days(), options.options()).before();
    return RunPlans.reach(key.days(), plan, context.pipeline());
  }

  /**
   * Runs the rooms.
   *
   * @return the whole with its steps, also if a room failed
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if a plan that was kept
   *     is not the one of now; nothing was done then
   */
  public JobResult run() {
    long start = System.nanoTime();
    checkRules();
    context.ledger().refresh(); // another run may have been waited for
    DayRange days = runKey.days();
    if (options.options().isPart() || options.kept().isPresent()) {
      Plan before = plans.before();
      options.kept().ifPresent(kept -> RunPlans.requireAs(kept, before));
      scope = options.options().isPart() ? Scope.only(before.partitions(work -> true)) : scope;
      before.notes().forEach(note -> context.progress().say(runKey.room(), note));
      plans.begin(before);
      days = RunPlans.reach(days, before, context.pipeline());
    } else {
      Split.warning(context.pipeline(), days)
          .ifPresent(text -> context.progress().say(runKey.room(), text));
    }

    RunEnding ending = new RunEnding(context, runKey);
    boolean goesOn = ingest(days);
    if (goesOn) {
      Plan plan = plans.afterIngest();
      ending.notReady(plans.notReady(plan));
      plans.begin(plan);
      scope = plans.scope(plan);
      context.progress().plan(RunPlans.byRoom(plan));
      goesOn = rooms(days, plan);
    }

    keep(steps);
    if (goesOn && isOfAModel()) {
      keep(List.of(report(runKey.days())));
    }

    plans.end();
    return ending.of(steps, start);
  }

  /** Rules and conditions that cannot be read are found now, not after the rooms before them. */
  private void checkRules() {
    for (FeatureViewDefinition view : context.pipeline().views()) {
      ValidationRules.of(view, view.rules());
      WindowConditions.check(context.spark(), view);
    }
  }

  /** Days that have yet to come do not keep the others from what follows. */
  private boolean ingest(DayRange days) {
    boolean isWanted =
        context.pipeline().sources().stream().anyMatch(source -> isIncluded(source, days));
    if (!isWanted) {
      return true;
    }

    RunKey key = key(Verb.INGEST, days);
    Room<?> room = rooms.open(context.within(scope), Verb.INGEST, key);
    return run(room, key).outcome() != Outcome.FAILED || room.isOnlyNotReady();
  }

  private boolean isIncluded(SourceDefinition source, DayRange days) {
    return source.day().isPresent()
        ? scope.includesAny(source.table(), days)
        : scope.includesWhole(source.table());
  }

  private boolean rooms(DayRange days, Plan plan) {
    if (includesAny(days, List.copyOf(context.pipeline().views()))
        && !steps(days, Verb.MATERIALIZE, Verb.VALIDATE)) {
      return false;
    }

    if (!plan.trains()) {
      return score(days);
    }

    Optional<DayRange> scored = Split.scored(context.pipeline(), days);
    return train(days, scored.isPresent()) && (scored.isEmpty() || score(scored.get()));
  }

  private boolean includesAny(DayRange days, List<FeatureViewDefinition> views) {
    return views.stream().anyMatch(view -> scope.includesAny(view.table(), days));
  }

  /** A training set whose inputs have yet to come is not built, and nothing is scored then. */
  private boolean train(DayRange days, boolean scores) {
    String name = runKey.pipeline();
    if (!scope.includesWhole(LedgerObjects.trainingSet(name))
        && !scope.includesWhole(LedgerObjects.candidate(name))
        && !scope.includesWhole(LedgerObjects.verdict(name))) {
      return !options.options().select().isEmpty();
    }

    return (!scope.includesWhole(LedgerObjects.trainingSet(name)) || steps(days, Verb.TRAINING_SET))
        && (!scope.includesWhole(LedgerObjects.candidate(name)) || steps(days, Verb.TRAIN))
        && (!scope.includesWhole(LedgerObjects.verdict(name)) || gate(days, scores));
  }

  private boolean score(DayRange days) {
    boolean scores = scope.includesAny(context.pipeline().scoring().predictions(), days);
    int later = context.pipeline().labelDays();
    DayRange judged = new DayRange(days.from().minusDays(later), days.to().minusDays(later));
    boolean judges = scope.includesAny(LedgerObjects.quality(runKey.pipeline()), judged);
    return (!scores || steps(days, Verb.SCORE, Verb.PUBLISH))
        && (!judges || steps(days, Verb.MONITOR))
        && (!judges || context.pipeline().rollout().isEmpty() || rollout(days));
  }

  /** Runs of other days may be at it: each decides in a few seconds. */
  private boolean rollout(DayRange days) {
    RunKey key = key(Verb.ROLLOUT, days);
    JobResult result =
        runner.run(
            rooms.open(context, Verb.ROLLOUT, key),
            key,
            Claims.of(Verb.ROLLOUT, context.pipeline(), days),
            ROLLOUT_WAIT);
    steps.add(result);
    return result.outcome() != Outcome.FAILED || RunEnding.isLookLost(result);
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
    RunKey key = key(verb, days);
    return run(rooms.open(context.within(scope), verb, key), key);
  }

  private RunKey key(Verb verb, DayRange days) {
    return new RunKey(runKey.pipeline(), verb.word(), days);
  }

  private JobResult run(Room<?> room, RunKey key) {
    JobResult result =
        runner.run(room, key, Claims.of(room.verb(), context.pipeline(), key.days()));
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
      context.progress().say("gate", "the champion is unknown: " + Failures.ending(e).sentence());
      return true;
    }
  }

  private void keep(List<JobResult> results) {
    if (!RunEnding.isIdle(steps)) {
      runner.keep(runKey, results);
    }
  }

  /** A part that neither judged nor scored has nothing to report. */
  private boolean isOfAModel() {
    return steps.stream()
        .map(JobResult::verb)
        .anyMatch(verb -> verb.equals(Verb.GATE.word()) || verb.equals(Verb.SCORE.word()));
  }

  /** After the others were kept: it shows them. */
  private JobResult report(DayRange days) {
    RunKey key = key(Verb.REPORT, days);
    if (RunEnding.isIdle(steps)
        && Files.isRegularFile(LakePlaces.report(context.lake(), runKey.pipeline()))) {
      JobResult idle =
          JobResult.nothingToDo(key.toString(), "The report is of the tables as they are", 0)
              .withAttempt(context.attempt());
      steps.add(idle);
      return idle;
    }

    return run(rooms.open(context, Verb.REPORT, key), key);
  }
}
