package org.millrace.jobs.prediction;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.challenger.Beside;
import org.millrace.jobs.challenger.RolloutHistory;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.SpineFeatures;

/**
 * A champion, perhaps with a challenger, and the days that it is to score. Driver only.
 *
 * @param champion who scores
 * @param needed the views that it needs
 * @param features the spine joined to the views of all versions that readers see
 * @param undone its days that are not published
 * @param challenger who scores beside it; empty for none
 */
public record ScoringTurn(
    Champion champion,
    ContractViews needed,
    SpineFeatures features,
    PredictionDays undone,
    Optional<ChallengerDays> challenger) {
  /** Checks that all is present. */
  public ScoringTurn {
    requireNonNull(champion, "champion is null");
    requireNonNull(needed, "needed is null");
    requireNonNull(features, "features is null");
    requireNonNull(undone, "undone is null");
    requireNonNull(challenger, "challenger is null");
  }

  /**
   * The turns of some days, at least one.
   *
   * @throws MillraceException of category INPUT_MISSING if a day has no champion, or an input of a
   *     day is missing that its champion needs; DEFINITION if the definitions no longer give what a
   *     champion needs
   */
  public static List<ScoringTurn> of(JobContext context, Champions champions, DayRange asked) {
    List<LocalDate> days = context.scope().days(context.pipeline().scoring().predictions(), asked);
    List<ScoringTurn> turns = new ArrayList<>();
    for (Champions.Days own : champions.of(context, days)) {
      ContractViews needed = ContractViews.of(context, own.champion());
      byMove(context, own.days())
          .forEach(
              (move, part) -> {
                Optional<Beside> beside =
                    move.flatMap(of -> Beside.of(context, own.champion(), of));
                turns.addAll(turns(context, own.champion(), needed, beside, part));
              });
    }

    return turns;
  }

  /** Days with the same challenger and share; of no days at all, one group. */
  private static Map<Optional<RolloutMove>, List<LocalDate>> byMove(
      JobContext context, List<LocalDate> days) {
    Map<Optional<RolloutMove>, List<LocalDate>> groups = new LinkedHashMap<>();
    if (context.pipeline().rollout().isEmpty() || days.isEmpty()) {
      groups.put(Optional.empty(), days);
      return groups;
    }

    RolloutHistory history =
        RolloutHistory.read(context.lake().logs(), context.pipeline().scoring().model());
    for (LocalDate day : days) {
      groups.computeIfAbsent(history.on(day), move -> new ArrayList<>()).add(day);
    }

    return groups;
  }

  /** Days on which the challenger lacks an input of its own are the champion's alone. */
  private static List<ScoringTurn> turns(
      JobContext context,
      Champion champion,
      ContractViews needed,
      Optional<Beside> beside,
      List<LocalDate> days) {
    if (beside.isEmpty()) {
      return List.of(alone(context, champion, needed, days));
    }

    List<LocalDate> both = new ArrayList<>();
    List<LocalDate> lacking = new ArrayList<>();
    for (LocalDate day : days) {
      (lacks(context, champion, needed, beside.get(), day) ? lacking : both).add(day);
    }

    List<ScoringTurn> turns = new ArrayList<>();
    if (!both.isEmpty()) {
      turns.add(shared(context, champion, needed, beside.get(), both));
    }

    if (!lacking.isEmpty()) {
      turns.add(alone(context, champion, needed, lacking));
    }

    return turns;
  }

  private static boolean lacks(
      JobContext context, Champion champion, ContractViews needed, Beside beside, LocalDate day) {
    try {
      ChallengerDays.of(context, champion, needed, beside, List.of(day));
      return false;
    } catch (MillraceException e) {
      if (e.category() != ErrorCategory.INPUT_MISSING) {
        throw e;
      }

      context
          .progress()
          .say(
              "rollout",
              "%s is left out on %s, the champion scores all rows: %s"
                  .formatted(beside.version().version(), day, e.getMessage()));
      return true;
    }
  }

  private static ScoringTurn alone(
      JobContext context, Champion champion, ContractViews needed, List<LocalDate> days) {
    SpineFeatures features = SpineFeatures.feeding(context, needed);
    return new ScoringTurn(
        champion,
        needed,
        features,
        PredictionDays.undone(context, features, champion.version(), Optional.empty(), days),
        Optional.empty());
  }

  private static ScoringTurn shared(
      JobContext context,
      Champion champion,
      ContractViews needed,
      Beside beside,
      List<LocalDate> days) {
    ChallengerDays challenger = ChallengerDays.of(context, champion, needed, beside, days);
    SpineFeatures features =
        beside.challenger().serves()
            ? challenger.features()
            : SpineFeatures.feeding(context, needed);
    return new ScoringTurn(
        champion,
        needed,
        features,
        PredictionDays.undone(
            context, features, champion.version(), Optional.of(beside.challenger()), days),
        Optional.of(challenger));
  }

  /** The same without its challenger, which readers see nothing of. */
  public ScoringTurn alone() {
    return new ScoringTurn(champion, needed, features, undone, Optional.empty());
  }

  /** The undone days of all turns. */
  public static PredictionDays undone(List<ScoringTurn> turns) {
    return PredictionDays.all(turns.stream().map(ScoringTurn::undone).toList());
  }
}
