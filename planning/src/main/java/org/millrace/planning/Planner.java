package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;

/**
 * Makes the plan of a pipeline over some days: the objects in the order in which a run makes them,
 * each judged by its recipe on top of what the plan makes before. Pure: it reads what it is given,
 * and writes nothing. Used once.
 */
public final class Planner {
  private final Pipeline pipeline;
  private final LedgerView ledger;
  private final Scorers scorers;
  private final PlanRequest request;
  private final Recipes recipes;
  private final PlanDraft draft;
  private final Judge judge;
  private final RawStates raw;

  /**
   * Prepares a plan.
   *
   * @param sources what is known of the sources' files
   * @param scorers who scores
   */
  public Planner(
      Pipeline pipeline,
      LedgerView ledger,
      SourceDays sources,
      Scorers scorers,
      PlanRequest request) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.scorers = requireNonNull(scorers, "scorers is null");
    this.request = requireNonNull(request, "request is null");
    this.recipes = new Recipes(pipeline);
    this.draft = new PlanDraft(pipeline, ledger, request);
    this.judge = draft.judge();
    this.raw = new RawStates(ledger, sources, judge);
  }

  /**
   * The plan.
   *
   * @param ledgerVersion that was read, to be kept in the plan; -1 for none
   */
  public Plan plan(long ledgerVersion) {
    DayRange reach = draft.reach();
    pipeline.sources().forEach(source -> ingest(source, reach));
    pipeline.views().forEach(view -> view(view, reach));
    boolean trains = request.mayTrain() && Split.trains(pipeline, request.days());
    boolean mayChangeChampion = trains && train();
    if (request.mayTrain()) {
      Split.warning(pipeline, request.days()).ifPresent(draft::note);
    }

    Optional<DayRange> scored = trains ? Split.scored(pipeline, reach) : Optional.of(reach);
    scored
        .flatMap(days -> from(days, request.firstScored()))
        .ifPresent(
            days ->
                new PlanScoring(pipeline, ledger, scorers, draft).plan(days, mayChangeChampion));
    return draft.plan(trains, scorers.on(request.days().to()).name(), ledgerVersion);
  }

  private static Optional<DayRange> from(DayRange days, Optional<LocalDate> first) {
    LocalDate from = first.filter(days.from()::isBefore).orElse(days.from());
    return from.isAfter(days.to()) ? Optional.empty() : Optional.of(new DayRange(from, days.to()));
  }

  private void ingest(SourceDefinition source, DayRange days) {
    ObjectPlan plan = draft.begin(source.table(), Verb.INGEST);
    if (source.day().isEmpty()) {
      draft.add(plan, Partition.whole(), raw.state(source, Optional.empty()));
      return;
    }

    for (LocalDate day : days.days()) {
      draft.add(plan, Partition.of(day), raw.state(source, Optional.of(day)));
    }
  }

  private void view(FeatureViewDefinition view, DayRange days) {
    ObjectPlan plan = draft.begin(view.table(), Verb.MATERIALIZE, Verb.VALIDATE);
    Function<LocalDate, Recipe> recipes = Recipes.viewDays(view);
    for (LocalDate day : days.days()) {
      Partition partition = Partition.of(day);
      Recipe recipe = recipes.apply(day);
      plan.reads(recipe);
      State state = judge.judge(view.table(), partition, recipe);
      if (view.isKeptDaily() && state instanceof State.Done done) {
        state =
            judge.remember(
                view.table(),
                partition,
                daily(view, partition, done),
                new Judge.Outcome(
                    Optional.of(done.entry().fingerprint()), Optional.of(judge.inputs(recipe))));
      }

      draft.add(plan, partition, state);
    }
  }

  /** Partial aggregates are made together with their day. */
  private State daily(FeatureViewDefinition view, Partition partition, State.Done events) {
    Optional<LedgerEntry> kept =
        Optional.ofNullable(ledger.partitions(view.dailyTable()).get(partition));
    String wanted = Recipes.daily(view, events.entry().fingerprint());
    State state =
        kept.map(
                entry ->
                    judge.compare(
                        entry, wanted, new Recipe("what is kept of a day's events", List.of())))
            .orElseGet(
                () ->
                    new State.Undone(
                        List.of(
                            new Reason(
                                Reason.Kind.DEFINITION_CHANGED,
                                "what is kept of a day's events",
                                List.of(),
                                ""))));
    return state instanceof State.Done ? events : state;
  }

  /** Whether a candidate is to be judged, so that the champion may be another one afterwards. */
  private boolean train() {
    String name = pipeline.name();
    whole(LedgerObjects.trainingSet(name), trainingSet(), Verb.TRAINING_SET);
    whole(LedgerObjects.candidate(name), recipes.candidate(), Verb.TRAIN);
    State verdict = whole(LedgerObjects.verdict(name), recipes.verdict(), Verb.GATE);
    return verdict instanceof State.Undone;
  }

  /** That of the newest set, if it is up to date by it; else that of the next one. */
  private Recipe trainingSet() {
    String object = LedgerObjects.trainingSet(pipeline.name());
    return Optional.ofNullable(ledger.partitions(object).get(Partition.whole()))
        .flatMap(newest -> JoinedViews.more(pipeline, newest))
        .map(views -> new Recipes(pipeline, views).trainingSet())
        .filter(recipe -> judge.isDone(object, Partition.whole(), recipe))
        .orElseGet(recipes::trainingSet);
  }

  private State whole(String object, Recipe recipe, Verb verb) {
    ObjectPlan plan = draft.begin(object, verb);
    plan.reads(recipe);
    State state = judge.judge(object, Partition.whole(), recipe);
    draft.add(plan, Partition.whole(), state);
    return state;
  }
}
