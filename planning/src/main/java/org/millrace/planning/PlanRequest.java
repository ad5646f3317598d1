package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Optional;
import org.millrace.contracts.DayRange;

/**
 * What a plan is asked for.
 *
 * @param days the days
 * @param firstScored the first day that is scored, if it is later than the first of the days; empty
 *     for none
 * @param mayTrain whether a model is trained if the days hold all days of training and gate
 * @param scope what may be made
 * @param restatement what is made again although it is done; empty for nothing. The days then reach
 *     further for what reads it
 */
public record PlanRequest(
    DayRange days,
    Optional<LocalDate> firstScored,
    boolean mayTrain,
    Scope scope,
    Optional<Restatement> restatement) {
  /** Checks that all is present. */
  public PlanRequest {
    requireNonNull(days, "days is null");
    requireNonNull(firstScored, "firstScored is null");
    requireNonNull(scope, "scope is null");
    requireNonNull(restatement, "restatement is null");
  }

  /** All of some days, as {@code run} does it. */
  public static PlanRequest of(DayRange days) {
    return new PlanRequest(days, Optional.empty(), true, Scope.ALL, Optional.empty());
  }

  /** The same, scoring from a day on. */
  public PlanRequest scoringFrom(Optional<LocalDate> day) {
    return new PlanRequest(days, day, mayTrain, scope, restatement);
  }

  /** The same up to an earlier last day. */
  public PlanRequest upTo(LocalDate last) {
    return new PlanRequest(
        new DayRange(days.from(), last), firstScored, mayTrain, scope, restatement);
  }

  /** The same without training. */
  public PlanRequest withoutTraining() {
    return new PlanRequest(days, firstScored, false, scope, restatement);
  }

  /** The same, of what another scope includes too. */
  public PlanRequest within(Scope other) {
    return new PlanRequest(days, firstScored, mayTrain, scope.and(other), restatement);
  }

  /** The same, and some things made again. */
  public PlanRequest restating(Optional<Restatement> wish) {
    return new PlanRequest(days, firstScored, mayTrain, scope, wish);
  }
}
