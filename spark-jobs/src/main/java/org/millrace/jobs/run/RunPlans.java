package org.millrace.jobs.run;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.features.source.DayFingerprint;
import org.millrace.features.source.KnownSourceDays;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.plan.PlanInputs;
import org.millrace.jobs.plan.PlanOptions;
import org.millrace.jobs.plan.PlanPipeline;
import org.millrace.jobs.plan.PlannedChampions;
import org.millrace.jobs.plan.RestatementFile;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Progress.Planned;
import org.millrace.jobs.tables.LakePlaces;
import org.millrace.planning.CatchUp;
import org.millrace.planning.Plan;
import org.millrace.planning.Reason;
import org.millrace.planning.Restatement;
import org.millrace.planning.Scope;
import org.millrace.planning.Scorer;
import org.millrace.planning.Scorers;
import org.millrace.planning.SourceDays;

/**
 * The plans of a run, by which it knows what it may make: one before anything is done, if it does
 * not do all that is undone; and one after the raw tables were filled, when it is known which
 * inputs have yet to come. Driver only.
 */
final class RunPlans {
  /** Reasons of what is not there yet, and may come. */
  private static final Set<Reason.Kind> YET_TO_COME =
      EnumSet.of(Reason.Kind.INPUT_MISSING, Reason.Kind.INPUT_BLOCKED, Reason.Kind.NO_FILES);

  private final JobContext context;
  private final DayRange days;
  private final ModelCache cache;
  private final PlannedChampions champions;
  private PlanOptions options;
  private final RestatementFile restatements;
  private final Map<String, Set<Partition>> restated = new HashMap<>();
  private Optional<Restatement> wished = Optional.empty();

  RunPlans(JobContext context, DayRange days, PlanOptions options) {
    this.context = requireNonNull(context, "context is null");
    this.days = requireNonNull(days, "days is null");
    this.options = requireNonNull(options, "options is null");
    this.cache = ModelCache.of(context.lake(), context.progress());
    this.champions =
        new PlannedChampions(context.pipeline(), context.registry(), cache, context.lake().logs());
    this.restatements =
        new RestatementFile(LakePlaces.root(context.lake()), context.pipeline().name(), days);
  }

  /**
   * The plan before anything is done, as {@code millrace plan} makes it. What is selected by its
   * state is settled by it.
   */
  Plan before() {
    SourceDays files = new KnownSourceDays(LakePlaces.root(context.lake()));
    Plan plan = planner(files).plan(Optional.of(days));
    if (!options.select().isEmpty()) {
      options = options.selecting(plan.steps().stream().map(Plan.Step::object).toList());
    }

    return plan;
  }

  /**
   * The plan once the raw tables hold what could be filled: what they lack has yet to come. A run
   * that does all that is undone does not wait for the registry to know that.
   */
  Plan afterIngest() {
    SourceDays filled = new Filled();
    if (options.isPart()) {
      return planner(filled).plan(Optional.of(days));
    }

    Scorer any = new Scorer.AnyVersion(champions.viewsOfTheLast());
    return new PlanPipeline(context.pipeline(), inputs(filled), options, Scorers.always(any))
        .plan(Optional.of(days));
  }

  private PlanPipeline planner(SourceDays sources) {
    return new PlanPipeline(context.pipeline(), inputs(sources), options, champions);
  }

  private PlanInputs inputs(SourceDays sources) {
    return new PlanInputs(
        context.ledger(), context.ledger().version(), sources, LakePlaces.root(context.lake()));
  }

  /** What the raw tables hold since they were filled. */
  private final class Filled implements SourceDays {
    @Override
    public Known of(SourceDefinition source, Optional<LocalDate> day) {
      Partition partition = day.map(Partition::of).orElse(Partition.whole());
      return context
          .ledger()
          .entry(source.table(), partition)
          .map(LedgerEntry::fingerprint)
          .<Known>map(Read::new)
          .orElseGet(() -> new NoFiles("it has yet to come"));
    }

    @Override
    public boolean isOfNewRows(String before, String now) {
      return DayFingerprint.isOfNewRows(before, now);
    }
  }

  /** Lets the rooms make again what a plan makes again, and notes that it was begun. */
  void begin(Plan plan) {
    if (options.restated().isEmpty()) {
      return;
    }

    Restatement wish =
        wished.orElseGet(() -> planner(new Filled()).restatement(days).orElseThrow());
    if (wished.isEmpty()) {
      restatements.begin(wish);
      wished = Optional.of(wish);
    }

    plan.partitions(RunPlans::isRestated)
        .forEach(
            (object, partitions) ->
                restated.computeIfAbsent(object, name -> new HashSet<>()).addAll(partitions));
    context.ledger().restate(restated, wish);
  }

  /** What each room makes; an object that several rooms work on counts for the last of them. */
  static Map<String, Planned> byRoom(Plan plan) {
    Map<String, Planned> byRoom = new LinkedHashMap<>();
    for (Plan.Step step : plan.steps()) {
      int partitions =
          step.work().stream()
              .filter(work -> work.need() != Plan.Need.BLOCKED)
              .mapToInt(Plan.Work::count)
              .sum();
      if (partitions > 0) {
        byRoom.merge(
            step.verbs().get(step.verbs().size() - 1),
            new Planned(Set.of(step.object()), partitions, step.seconds()),
            Planned::and);
      }
    }

    return byRoom;
  }

  /** The days of a run of a plan: what is made again may be read, or judged, on later days. */
  static DayRange reach(DayRange days, Plan plan, Pipeline pipeline) {
    LocalDate last =
        CatchUp.runDays(plan, pipeline).stream()
            .filter(days.to()::isBefore)
            .reduce(days.to(), (a, b) -> b);
    return new DayRange(days.from(), last);
  }

  private static boolean isRestated(Plan.Work work) {
    return work.reasons().stream()
        .map(Reason::kind)
        .anyMatch(kind -> kind == Reason.Kind.RESTATED || kind == Reason.Kind.INPUT_RESTATED);
  }

  /** Ends the restatement if nothing is left to be made again, however the run ended. */
  void end() {
    if (wished.isPresent() && afterIngest().partitions(this::isLeft).isEmpty()) {
      restatements.end();
    }
  }

  /** It is still to be made again, or a cause that can be mended keeps it from being judged. */
  private boolean isLeft(Plan.Work work) {
    return isRestated(work) || (work.need() == Plan.Need.BLOCKED && !isNotReady(work));
  }

  /**
   * Fails if a plan that was kept is not the one that would be made now.
   *
   * @throws MillraceException of category DEFINITION that names the first difference
   */
  static void requireAs(Plan kept, Plan now) {
    if (now.isAs(kept)) {
      return;
    }

    String difference =
        now.champion().equals(kept.champion())
            ? difference(kept, now)
            : "champion '" + now.champion() + "' vs '" + kept.champion() + "' as planned";
    throw new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot run the plan: it is not what would be planned now: "
            + difference
            + "; make the plan again, look at it, and run that one");
  }

  private static String difference(Plan kept, Plan now) {
    for (Plan.Step step : now.steps()) {
      Optional<Plan.Step> before =
          kept.steps().stream().filter(other -> other.object().equals(step.object())).findFirst();
      if (before.isEmpty() || !before.get().isAs(step)) {
        return step.object()
            + " has "
            + text(step)
            + " vs "
            + before.map(RunPlans::text).orElse("nothing")
            + " as planned";
      }
    }

    return "other objects or days than planned";
  }

  private static String text(Plan.Step step) {
    return step.work().isEmpty()
        ? "no work"
        : step.work().stream()
            .map(work -> work.need() + " " + work.partitions() + " " + work.reasons())
            .toList()
            .toString();
  }

  /** Something that it reads has yet to come, or no version held the alias at its time. */
  private boolean isNotReady(Plan.Work work) {
    return work.need() == Plan.Need.BLOCKED
        && work.reasons().stream()
            .map(Reason::kind)
            .allMatch(
                kind ->
                    YET_TO_COME.contains(kind)
                        || (kind == Reason.Kind.NO_CHAMPION
                            && options.champions() == Champions.AS_WAS));
  }

  /** What the rooms after INGEST may make. */
  Scope scope(Plan plan) {
    Scope ready = Scope.without(plan.partitions(this::isNotReady));
    if (!options.isPart()) {
      return ready;
    }

    // what is blocked for another reason is tried: its room says why
    Scope planned = Scope.only(plan.partitions(work -> !isNotReady(work)));
    return plan.trains() ? planned.or(ready.and(scored(plan))) : planned;
  }

  /** Another champion may score, and judge, more than is planned; not what is left as it is. */
  private Scope scored(Plan plan) {
    Set<String> scored =
        Set.of(
            context.pipeline().scoring().predictions(),
            LedgerObjects.quality(context.pipeline().name()));
    Map<String, Set<Partition>> looked = new HashMap<>();
    plan.steps().stream()
        .filter(step -> scored.contains(step.object()))
        .forEach(step -> looked.put(step.object(), step.partitions()));
    return Scope.only(looked);
  }

  /** Sentences about what is not ready, the sources first. */
  List<String> notReady(Plan plan) {
    List<String> sentences = new ArrayList<>();
    for (Plan.Step step : plan.steps()) {
      step.work().stream()
          .filter(this::isNotReady)
          .forEach(work -> sentences.add(step.object() + sentence(work)));
    }

    return sentences;
  }

  /** Inputs that are not in the plan are named; the others have a sentence of their own. */
  private static String sentence(Plan.Work work) {
    String missing =
        work.reasons().stream()
            .filter(reason -> reason.kind() == Reason.Kind.INPUT_MISSING)
            .map(Reason::toString)
            .collect(Collectors.joining(", "));
    String of =
        work.partitions().equals("whole") ? "" : " of " + work.partitions().replace("_", " to ");
    return of + (missing.isEmpty() ? "" : " (" + missing + ")");
  }
}
