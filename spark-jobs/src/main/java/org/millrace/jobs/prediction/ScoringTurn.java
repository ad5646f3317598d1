package org.millrace.jobs.prediction;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.millrace.contracts.DayRange;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.SpineFeatures;

/**
 * A champion, and the days that it is to score. Driver only.
 *
 * @param champion who scores
 * @param needed the views that it needs
 * @param features the spine joined to them
 * @param undone its days that are not published
 */
public record ScoringTurn(
    Champion champion, ContractViews needed, SpineFeatures features, PredictionDays undone) {
  /** Checks that all is present. */
  public ScoringTurn {
    requireNonNull(champion, "champion is null");
    requireNonNull(needed, "needed is null");
    requireNonNull(features, "features is null");
    requireNonNull(undone, "undone is null");
  }

  /**
   * The turns of some days, at least one.
   *
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING if a day has no
   *     champion, or an input of a day is missing; DEFINITION if the definitions no longer give
   *     what a champion needs
   */
  public static List<ScoringTurn> of(JobContext context, Champions champions, DayRange asked) {
    List<LocalDate> days = context.scope().days(context.pipeline().scoring().predictions(), asked);
    List<ScoringTurn> turns = new ArrayList<>();
    for (Champions.Days own : champions.of(context, days)) {
      ContractViews needed = ContractViews.of(context, own.champion());
      SpineFeatures features = SpineFeatures.feeding(context, needed);
      PredictionDays undone =
          PredictionDays.undone(context, features, own.champion().version(), own.days());
      turns.add(new ScoringTurn(own.champion(), needed, features, undone));
    }

    return turns;
  }

  /** The undone days of all turns. */
  public static PredictionDays undone(List<ScoringTurn> turns) {
    return PredictionDays.all(turns.stream().map(ScoringTurn::undone).toList());
  }
}
