package org.millrace.planning;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;

/** The part of a plan that scores days, and judges what came true. Used once. */
final class PlanScoring {
  /** Reasons beside which it does not matter who scored. */
  private static final Set<Reason.Kind> WHOEVER_SCORED =
      EnumSet.of(
          Reason.Kind.NEVER_MADE,
          Reason.Kind.CUT_OFF,
          Reason.Kind.WITHDRAWN,
          Reason.Kind.RESTATED,
          Reason.Kind.CHANGED_OUTSIDE);

  private final Pipeline pipeline;
  private final LedgerView ledger;
  private final Scorers scorers;
  private final PlanDraft draft;
  private final Judge judge;
  private final Recipes recipes;
  private final Map<Scorer.Champion, Recipes> ofVersions = new HashMap<>();
  private final IdentityHashMap<Scorer.AnyVersion, Recipes> ofAny = new IdentityHashMap<>();

  PlanScoring(Pipeline pipeline, LedgerView ledger, Scorers scorers, PlanDraft draft) {
    this.pipeline = pipeline;
    this.ledger = ledger;
    this.scorers = scorers;
    this.draft = draft;
    this.judge = draft.judge();
    this.recipes = new Recipes(pipeline);
  }

  void plan(DayRange days, boolean mayChangeChampion) {
    ObjectPlan plan = draft.begin(pipeline.scoring().predictions(), Verb.SCORE, Verb.PUBLISH);
    plan.reads(LedgerObjects.candidate(pipeline.name()));
    for (LocalDate day : days.days()) {
      Scorer scorer = scorers.on(day);
      Recipes scoring = recipes(scorer);
      plan.reads(scoring.spineDay(day));
      draft.add(plan, Partition.of(day), predictions(scorer, scoring, day, mayChangeChampion));
    }

    if (mayChangeChampion) {
      draft.note(
          "if the candidate passes the gate, all of "
              + days
              + " is scored with it; days that are published are scored again then");
    }

    ObjectPlan quality = draft.begin(LedgerObjects.quality(pipeline.name()), Verb.MONITOR);
    quality.reads(pipeline.scoring().predictions());
    for (LocalDate runDay : days.days()) {
      quality(quality, runDay.minusDays(pipeline.labelDays()), plan);
    }
  }

  private Recipes recipes(Scorer scorer) {
    if (scorer instanceof Scorer.AnyVersion any) {
      return ofAny.computeIfAbsent(any, version -> new Recipes(pipeline, version.views()));
    }

    return scorer instanceof Scorer.Champion champion
        ? ofVersions.computeIfAbsent(champion, this::feeding)
        : recipes;
  }

  private Recipes feeding(Scorer.Champion champion) {
    return champion
        .beside()
        .map(beside -> Recipes.feeding(pipeline, beside.views(), beside.columns()))
        .orElseGet(() -> Recipes.feeding(pipeline, champion.views(), champion.columns()));
  }

  private State predictions(
      Scorer scorer, Recipes scoring, LocalDate day, boolean mayChangeChampion) {
    String object = pipeline.scoring().predictions();
    Partition partition = Partition.of(day);
    if (scorer instanceof Scorer.Champion champion) {
      Recipe recipe =
          scoring.predictions(
              day, champion.version(), champion.beside().map(Scorer.Beside::challenger));
      State state = judge.judge(object, partition, recipe);
      if (state instanceof State.Blocked && champion.beside().isPresent()) {
        // what the challenger alone lacks does not keep the champion from scoring
        return predictions(champion.alone(), recipes(champion.alone()), day, mayChangeChampion);
      }

      return state instanceof State.Undone undone
          ? byAnotherVersion(undone, partition, champion.name())
          : state;
    }

    if (scorer instanceof Scorer.Unusable champion) {
      return blocked(partition, Reason.Kind.CHAMPION_UNUSABLE, champion.why());
    }

    if (scorer instanceof Scorer.NoVersion none && !mayChangeChampion) {
      return blocked(partition, Reason.Kind.NO_CHAMPION, none.why());
    }

    // its inputs are judged all the same: without them no version can score
    State state = judge.judge(object, partition, scoring.spineDay(day));
    return state instanceof State.Blocked
        ? state
        : judge.remember(
            object,
            partition,
            new State.Undone(List.of(Reason.of(Reason.Kind.NEVER_MADE, ""))),
            Judge.Outcome.UNKNOWN);
  }

  /** Says also that another version scored it, if that is so; else the inputs say it all. */
  private State byAnotherVersion(State.Undone undone, Partition partition, String scorer) {
    LedgerEntry entry = ledger.partitions(pipeline.scoring().predictions()).get(partition);
    boolean isMade =
        undone.reasons().stream().noneMatch(reason -> WHOEVER_SCORED.contains(reason.kind()));
    Optional<String> former =
        Optional.ofNullable(entry)
            .filter(made -> isMade)
            .flatMap(LedgerEntry::model)
            .filter(model -> !model.equals(scorer));
    if (former.isEmpty()) {
      return undone;
    }

    List<Reason> reasons = new ArrayList<>();
    reasons.add(Reason.of(Reason.Kind.CHAMPION_CHANGED, former.get() + " -> " + scorer));
    undone.reasons().stream()
        .filter(reason -> reason.kind() != Reason.Kind.DEFINITION_CHANGED)
        .forEach(reasons::add);
    return new State.Undone(reasons);
  }

  private State blocked(Partition partition, Reason.Kind kind, String detail) {
    return judge.remember(
        pipeline.scoring().predictions(),
        partition,
        new State.Blocked(List.of(Reason.of(kind, detail))),
        Judge.Outcome.UNKNOWN);
  }

  private void quality(ObjectPlan quality, LocalDate day, ObjectPlan predictions) {
    Partition partition = Partition.of(day);
    State scored = predictions.states().get(partition);
    boolean isPublished =
        scored instanceof State.Undone
            || Optional.ofNullable(
                    ledger.partitions(pipeline.scoring().predictions()).get(partition))
                .filter(LedgerEntry::isReadable)
                .filter(entry -> entry.rows().accepted() > 0) // else nothing came true
                .isPresent();
    if (isPublished && !(scored instanceof State.Blocked)) {
      Recipe recipe = recipes.quality(day);
      quality.reads(recipe);
      draft.add(
          quality,
          partition,
          judge.judge(LedgerObjects.quality(pipeline.name()), partition, recipe));
    }
  }
}
