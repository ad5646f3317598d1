package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.PlatformDefinition.WhenChanged;
import org.millrace.jobs.model.Champions;
import org.millrace.planning.CatchUp;
import org.millrace.planning.InputDays;
import org.millrace.planning.NewRows;
import org.millrace.planning.PipelineGraph;
import org.millrace.planning.Plan;
import org.millrace.planning.PlanRequest;
import org.millrace.planning.Planner;
import org.millrace.planning.Reason;
import org.millrace.planning.Restatement;
import org.millrace.planning.Scope;
import org.millrace.planning.Scorers;
import org.millrace.planning.Selector;
import org.millrace.planning.TreatedChanges;
import org.millrace.planning.Treatment;

/** Makes the plan of a pipeline from what a lake and a registry say now. Writes nothing. */
public final class PlanPipeline {
  private final Pipeline pipeline;
  private final PlanInputs inputs;
  private final PlanOptions options;
  private final Scorers scorers;
  private final List<String> notes;
  private final Optional<Instant> championSince;

  /**
   * Prepares a plan.
   *
   * @param champions asked who scores
   */
  public PlanPipeline(
      Pipeline pipeline, PlanInputs inputs, PlanOptions options, PlannedChampions champions) {
    this(
        pipeline,
        inputs,
        options,
        champions.scorers(options.champions()),
        options.champions() == Champions.NOW ? champions.since() : Optional.empty(),
        champions.notes());
  }

  /** Prepares a plan with known scorers. */
  public PlanPipeline(Pipeline pipeline, PlanInputs inputs, PlanOptions options, Scorers scorers) {
    this(pipeline, inputs, options, scorers, Optional.empty(), List.of());
  }

  private PlanPipeline(
      Pipeline pipeline,
      PlanInputs inputs,
      PlanOptions options,
      Scorers scorers,
      Optional<Instant> championSince,
      List<String> notes) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.inputs = requireNonNull(inputs, "inputs is null");
    this.options = requireNonNull(options, "options is null");
    this.scorers = requireNonNull(scorers, "scorers is null");
    this.notes = new ArrayList<>(notes);
    this.championSince = championSince;
  }

  /**
   * The plan.
   *
   * @param asked the days; empty for all days that the ledger knows of the pipeline
   * @throws MillraceException of category DEFINITION if no days are given and the ledger knows
   *     none, if nothing was published that could be caught up with, or if an expression names
   *     nothing
   */
  public Plan plan(Optional<DayRange> asked) {
    DayRange days = options.isCatchUp() ? sincePublished(asked) : asked.orElseGet(this::knownDays);
    boolean mayScoreAll = asked.isPresent() || options.isCatchUp();
    PlanRequest request =
        PlanRequest.of(days)
            .scoringFrom(mayScoreAll ? Optional.empty() : firstPublished())
            .restating(restatement(days));
    request = options.isCatchUp() || options.isBackfill() ? request.withoutTraining() : request;
    if (options.isOfNothing()) {
      request = request.within((object, partition) -> false);
    } else if (!options.select().isEmpty()) {
      request = request.within(Scope.of(selected(options.select(), request)));
    }

    request = options.isCatchUp() ? due(request) : request.within(untreated(request));
    Plan plan = plan(request).withChampionSince(championSince);
    refusal(plan).ifPresent(notes::add);
    return notes.isEmpty() ? plan : plan.withNotes(notes);
  }

  /**
   * What {@code run --catch-up} would make until a day; empty if nothing was published that could
   * be caught up with.
   */
  public static Optional<Plan> due(
      Pipeline pipeline, PlanInputs inputs, PlannedChampions champions, LocalDate until) {
    PlanPipeline planner =
        new PlanPipeline(pipeline, inputs, PlanOptions.NONE.catchingUp(), champions);
    return planner.firstPublished().isEmpty()
        ? Optional.empty()
        : Optional.of(planner.plan(Optional.of(DayRange.of(until))));
  }

  /** All but what is treated so that it is left, of what changed definitions would make again. */
  private Scope untreated(PlanRequest request) {
    if (options.treated().isEmpty()) {
      return Scope.ALL;
    }

    Map<String, Treatment.As> byObject = new HashMap<>();
    for (Treatment treatment : options.treated()) {
      named("treat", treatment.objects()).forEach(object -> byObject.put(object, treatment.as()));
    }

    NewRows newRows = new NewRows(pipeline, inputs.ledger(), inputs.sources());
    return new TreatedChanges(byObject, inputs.ledger(), newRows)
        .scope(scope -> plan(request.within(scope)));
  }

  /** Objects that an expression without states names. */
  private List<String> named(String what, String expression) {
    return new Selector(PipelineGraph.of(pipeline), new WithoutStates(what, expression))
        .select(expression);
  }

  /** What the rooms will say to work that is there because a table was changed outside. */
  private Optional<String> refusal(Plan plan) {
    if (pipeline.platform().changedOutside() != WhenChanged.REFUSE) {
      return Optional.empty();
    }

    return plan.steps().stream()
        .flatMap(step -> step.work().stream().filter(PlanPipeline::isOfAChange).map(work -> step))
        .findFirst()
        .map(
            step ->
                "'changed-outside: refuse' is set: the run ends with 65 at %s, until its table is brought back"
                    .formatted(step.object()));
  }

  private static boolean isOfAChange(Plan.Work work) {
    return work.reasons().stream()
        .allMatch(
            reason -> reason.kind() == Reason.Kind.CHANGED_OUTSIDE && reason.object().isEmpty());
  }

  /** What was wished to be made again, or goes on being made again; empty for nothing. */
  public Optional<Restatement> restatement(DayRange days) {
    if (options.restated().isEmpty()) {
      return Optional.empty();
    }

    Set<String> objects = new LinkedHashSet<>();
    options.restated().forEach(expression -> objects.addAll(named("make again", expression)));
    return Optional.of(
        new RestatementFile(inputs.lake(), pipeline.name(), days)
            .find(List.copyOf(objects), days, inputs.ledgerVersion()));
  }

  private Plan plan(PlanRequest request) {
    return new Planner(pipeline, inputs.ledger(), inputs.sources(), scorers, request)
        .plan(inputs.ledgerVersion());
  }

  private List<String> selected(String expression, PlanRequest request) {
    return new Selector(PipelineGraph.of(pipeline), new StatesOf(request)).select(expression);
  }

  /**
   * Of what is made again, or left: it must name the same objects when a run that was cut off goes
   * on.
   *
   * @param what is done, for the message
   * @param expression for the message
   */
  private record WithoutStates(String what, String expression) implements Selector.PlannedStates {
    @Override
    public List<Plan.Work> work(String object) {
      throw refusal();
    }

    @Override
    public Set<String> failedVerbs() {
      throw refusal();
    }

    private MillraceException refusal() {
      return new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot %s '%s': states change while it is done; write names or tags"
              .formatted(what, expression));
    }
  }

  /** The states of a plan that is made only if a term asks for one. */
  private final class StatesOf implements Selector.PlannedStates {
    private final PlanRequest request;
    private Optional<Plan> plan = Optional.empty();

    StatesOf(PlanRequest request) {
      this.request = request;
    }

    @Override
    public List<Plan.Work> work(String object) {
      plan = plan.or(() -> Optional.of(PlanPipeline.this.plan(request)));
      return plan.get().steps().stream()
          .filter(step -> step.object().equals(object))
          .flatMap(step -> step.work().stream())
          .toList();
    }

    @Override
    public Set<String> failedVerbs() {
      return options.failedVerbs();
    }
  }

  /** What is due, and of that as many days as are wanted at most. */
  private PlanRequest due(PlanRequest request) {
    DueDays dueDays = new DueDays(pipeline, inputs, championSince);
    PlanRequest due = request.within(dueDays.scope(scope -> plan(request.within(scope))));
    notes.addAll(dueDays.olderSources(request.days()));
    if (options.mostDays().isEmpty()) {
      return due;
    }

    SortedSet<LocalDate> days = CatchUp.runDays(plan(due), pipeline);
    int most = options.mostDays().getAsInt();
    if (days.size() <= most) {
      return due;
    }

    LocalDate last = List.copyOf(days).get(most - 1);
    notes.add(
        "%d days after %s are due too, and are left for the next call"
            .formatted(days.size() - most, last));
    return due.upTo(last);
  }

  private DayRange sincePublished(Optional<DayRange> asked) {
    LocalDate to =
        asked
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.DEFINITION, "Cannot catch up without a last day: give --to"))
            .to();
    LocalDate first =
        firstPublished()
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.DEFINITION,
                        "Cannot catch up with "
                            + pipeline.name()
                            + ": nothing of it was published yet; run it once with --from and --to,"
                            + " over all days of training and gate and those to score"));
    return new DayRange(first.isAfter(to) ? to : first, to);
  }

  private DayRange knownDays() {
    NavigableSet<LocalDate> days = new TreeSet<>();
    pipeline.sources().forEach(source -> addDays(source.table(), days));
    pipeline.views().forEach(view -> addDays(view.table(), days));
    addDays(pipeline.scoring().predictions(), days);
    if (days.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot plan "
              + pipeline.name()
              + " without days: the ledger knows none of it yet; give --from and --to");
    }

    return new DayRange(days.first(), days.last());
  }

  /** Days of training and gate that nobody asked to score are not missing. */
  private Optional<LocalDate> firstPublished() {
    return InputDays.byDay(inputs.ledger().partitions(pipeline.scoring().predictions()))
        .keySet()
        .stream()
        .findFirst();
  }

  private void addDays(String object, NavigableSet<LocalDate> days) {
    days.addAll(InputDays.byDay(inputs.ledger().partitions(object)).keySet());
  }
}
