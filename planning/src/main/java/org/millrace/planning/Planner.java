package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private final Optional<ChampionRef> champion;
  private final Recipes recipes;
  private final Judge judge;
  private final RawStates raw;
  private final List<ObjectPlan> objects = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * Prepares a plan.
   *
   * @param sources what is known of the sources' files
   * @param champion the version that scores now; empty if there is none
   */
  public Planner(
      Pipeline pipeline, LedgerView ledger, SourceDays sources, Optional<ChampionRef> champion) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.champion = requireNonNull(champion, "champion is null");
    this.recipes = new Recipes(pipeline);
    this.judge = new Judge(ledger);
    this.raw = new RawStates(ledger, sources, judge);
  }

  /**
   * The plan of these days.
   *
   * @param firstScored the first day that is scored, if it is later than the first of the days;
   *     empty for none
   * @param ledgerVersion that was read, to be kept in the plan; -1 for none
   */
  public Plan plan(DayRange days, Optional<LocalDate> firstScored, long ledgerVersion) {
    judgeAll(days, firstScored);
    List<Plan.Step> steps = objects.stream().map(object -> object.step(ledger)).toList();
    return new Plan(
        Plan.SCHEMA,
        pipeline.name(),
        days.from(),
        days.to(),
        Split.trains(pipeline, days),
        champion.map(ChampionRef::toString).orElse(""),
        ledgerVersion,
        steps,
        notes);
  }

  private void judgeAll(DayRange days, Optional<LocalDate> firstScored) {
    pipeline.sources().forEach(source -> ingest(source, days));
    pipeline.views().forEach(view -> view(view, days));
    boolean trains = Split.trains(pipeline, days);
    boolean mayChangeChampion = trains && train();
    Split.warning(pipeline, days).ifPresent(notes::add);
    Split.scored(pipeline, days)
        .flatMap(scored -> from(scored, firstScored))
        .ifPresent(scored -> score(scored, mayChangeChampion));
  }

  private static Optional<DayRange> from(DayRange days, Optional<LocalDate> first) {
    LocalDate from = first.filter(days.from()::isBefore).orElse(days.from());
    return from.isAfter(days.to()) ? Optional.empty() : Optional.of(new DayRange(from, days.to()));
  }

  private void ingest(SourceDefinition source, DayRange days) {
    ObjectPlan plan = begin(source.table(), Verb.INGEST);
    if (source.day().isEmpty()) {
      plan.add(Partition.whole(), raw.state(source, Optional.empty()));
    } else {
      days.days().forEach(day -> plan.add(Partition.of(day), raw.state(source, Optional.of(day))));
    }
  }

  private void view(FeatureViewDefinition view, DayRange days) {
    ObjectPlan plan = begin(view.table(), Verb.MATERIALIZE, Verb.VALIDATE);
    for (LocalDate day : days.days()) {
      Partition partition = Partition.of(day);
      Recipe recipe = Recipes.viewDay(view, day);
      plan.reads(recipe);
      State state = judge.judge(view.table(), partition, recipe);
      if (view.isKeptDaily() && state instanceof State.Done done) {
        state =
            judge.remember(
                view.table(),
                partition,
                daily(view, partition, done),
                Optional.of(done.entry().fingerprint()));
      }

      plan.add(partition, state);
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
                        List.of(Reason.of(Reason.Kind.NEVER_MADE, "partial aggregates"))));
    return state instanceof State.Done ? events : state;
  }

  /** Whether a candidate is to be judged, so that the champion may be another one afterwards. */
  private boolean train() {
    String name = pipeline.name();
    whole(LedgerObjects.trainingSet(name), recipes.trainingSet(), Verb.TRAINING_SET);
    whole(LedgerObjects.candidate(name), recipes.candidate(), Verb.TRAIN);
    State verdict = whole(LedgerObjects.verdict(name), recipes.verdict(), Verb.GATE);
    return verdict instanceof State.Undone;
  }

  private State whole(String object, Recipe recipe, Verb verb) {
    ObjectPlan plan = begin(object, verb);
    plan.reads(recipe);
    State state = judge.judge(object, Partition.whole(), recipe);
    plan.add(Partition.whole(), state);
    return state;
  }

  private void score(DayRange days, boolean mayChangeChampion) {
    String predictions = pipeline.scoring().predictions();
    ObjectPlan plan = begin(predictions, Verb.SCORE, Verb.PUBLISH);
    plan.reads(LedgerObjects.candidate(pipeline.name()));
    for (LocalDate day : days.days()) {
      plan.reads(recipes.spineDay(day));
      plan.add(Partition.of(day), predictions(predictions, day, mayChangeChampion));
    }

    if (mayChangeChampion) {
      notes.add(
          "if the candidate passes the gate, all of "
              + days
              + " is scored with it; days that are published are scored again then");
    }

    ObjectPlan quality = begin(LedgerObjects.quality(pipeline.name()), Verb.MONITOR);
    quality.reads(predictions);
    for (LocalDate runDay : days.days()) {
      quality(quality, runDay.minusDays(pipeline.monitoring().labelDays()), plan);
    }
  }

  private State predictions(String object, LocalDate day, boolean mayChangeChampion) {
    Partition partition = Partition.of(day);
    if (champion.isPresent()) {
      return judge.judge(object, partition, recipes.predictions(day, champion.get()));
    }

    if (!mayChangeChampion) {
      return judge.remember(
          object,
          partition,
          new State.Blocked(
              List.of(
                  Reason.of(
                      Reason.Kind.NO_CHAMPION,
                      "no version has the alias " + pipeline.scoring().alias()))),
          Optional.empty());
    }

    // its inputs are judged all the same: without them no version can score
    State state = judge.judge(object, partition, recipes.spineDay(day));
    return state instanceof State.Blocked
        ? state
        : judge.remember(
            object,
            partition,
            new State.Undone(List.of(Reason.of(Reason.Kind.NEVER_MADE, ""))),
            Optional.empty());
  }

  private void quality(ObjectPlan quality, LocalDate day, ObjectPlan predictions) {
    Partition partition = Partition.of(day);
    State scored = predictions.states().get(partition);
    boolean isPublished =
        scored instanceof State.Undone
            || Optional.ofNullable(
                    ledger.partitions(pipeline.scoring().predictions()).get(partition))
                .isPresent();
    if (isPublished && !(scored instanceof State.Blocked)) {
      Recipe recipe = recipes.quality(day);
      quality.reads(recipe);
      quality.add(
          partition, judge.judge(LedgerObjects.quality(pipeline.name()), partition, recipe));
    }
  }

  private ObjectPlan begin(String object, Verb... verbs) {
    ObjectPlan plan = new ObjectPlan(object, List.of(verbs));
    objects.add(plan);
    return plan;
  }
}
