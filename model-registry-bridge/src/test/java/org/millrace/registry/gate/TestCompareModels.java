package org.millrace.registry.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.GateDefinition.Approval;
import org.millrace.contracts.definition.GateDefinition.Better;
import org.millrace.contracts.definition.GateDefinition.Bootstrap;
import org.millrace.contracts.definition.GateDefinition.Range;
import org.millrace.contracts.definition.GateDefinition.Tolerance;
import org.millrace.contracts.definition.GateSlices;

class TestCompareModels {
  private static final DayRange DAYS =
      new DayRange(LocalDate.parse("2013-11-01"), LocalDate.parse("2013-11-30"));
  private static final Optional<Double> SURE = Optional.of(0.95);
  private static final GateSlices SLICES =
      new GateSlices(
          List.of("carrier"), 500, Map.of("log_loss", new Tolerance(Better.LOWER, 0.01, SURE)));

  private static GateDefinition rules(Optional<GateSlices> slices, Approval approval) {
    return new GateDefinition(
        "late_flight",
        DAYS,
        Map.of("auc", new Range(Optional.of(0.5), Optional.empty())),
        Map.of("auc", new Tolerance(Better.HIGHER, 0.002, SURE)),
        slices,
        Optional.empty(),
        Bootstrap.DEFAULT,
        approval);
  }

  private static Evaluation evaluation(String version, double auc) {
    return new Evaluation(version, DAYS, 1_000, Map.of("auc", auc, "log_loss", 0.4));
  }

  private static DifferenceInterval interval(double low, double high) {
    return new DifferenceInterval(0.73, 0.73 - (low + high) / 2, low, high, 0.95, 1_000);
  }

  private static GateDecision decide(
      GateDefinition rules,
      Map<String, DifferenceInterval> intervals,
      List<SliceComparison> slices) {
    return ModelGate.decide(
        evaluation("late_flight/2", 0.73),
        Optional.of(
            new Comparison(evaluation("late_flight/1", 0.73), intervals, slices, 3, List.of())),
        ChampionState.evaluated(),
        rules);
  }

  private static GateDecision decide(DifferenceInterval auc) {
    return decide(rules(Optional.empty(), Approval.NONE), Map.of("auc", auc), List.of());
  }

  @Test
  void theWholeIntervalMustBeOnTheRightSideOfTheTolerance() {
    assertThat(decide(interval(-0.0015, 0.004)).verdict()).isEqualTo(Verdict.PASS);
    assertThat(decide(interval(-0.002, 0.004)).verdict()).as("a bound").isEqualTo(Verdict.PASS);

    GateDecision decision = decide(interval(-0.0025, 0.0075));

    assertThat(decision.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(decision.reasons().get(0))
        .isEqualTo(
            "not shown to be no worse than the champion: auc 0.73, champion 0.7275, difference"
                + " 0.0025, with 95% confidence between -0.0025 and 0.0075, tolerance 0.002");
  }

  @Test
  void lowerIsBetterTurnsTheSide() {
    GateDefinition rules =
        new GateDefinition(
            "late_flight",
            DAYS,
            Map.of("auc", new Range(Optional.of(0.5), Optional.empty())),
            Map.of("log_loss", new Tolerance(Better.LOWER, 0.01, SURE)));

    assertThat(decide(rules, Map.of("log_loss", interval(-0.5, 0.009)), List.of()).verdict())
        .isEqualTo(Verdict.PASS);
    assertThat(decide(rules, Map.of("log_loss", interval(0, 0.011)), List.of()).verdict())
        .isEqualTo(Verdict.FAIL);
  }

  @Test
  void aRuleWithoutItsIntervalIsBroken() {
    GateDefinition rules = rules(Optional.empty(), Approval.NONE);

    for (Map<String, DifferenceInterval> none :
        List.of(Map.<String, DifferenceInterval>of(), Map.of("auc", interval(Double.NaN, 0.1)))) {
      GateDecision decision = decide(rules, none, List.of());
      assertThat(decision.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(decision.reasons().get(0))
          .isEqualTo("auc: no interval of the difference could be made");
    }
  }

  @Test
  void aSliceBreaksTheRuleWhereItIsShownToBeWorse() {
    GateDefinition rules = rules(Optional.of(SLICES), Approval.NONE);
    Map<String, DifferenceInterval> whole = Map.of("auc", interval(0, 0.01));
    SliceComparison unsure =
        new SliceComparison("carrier=AA", 600, Map.of("log_loss", interval(-0.02, 0.05)));
    SliceComparison worse =
        new SliceComparison("carrier=UA", 1_200, Map.of("log_loss", interval(0.0101, 0.05)));

    GateDecision kept = decide(rules, whole, List.of(unsure));
    assertThat(kept.verdict()).isEqualTo(Verdict.PASS);
    assertThat(kept.reasons())
        .contains(
            "in none of 1 slices of carrier with at least 500 rows is the candidate shown to be"
                + " worse than the champion (log_loss; 1 comparisons, 0 without an interval); 3"
                + " smaller ones were not compared");

    GateDecision broken = decide(rules, whole, List.of(unsure, worse));
    assertThat(broken.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(broken.reasons().get(0))
        .startsWith("worse than the champion in carrier=UA (1,200 rows): log_loss 0.73");
  }

  @Test
  void whereNoSliceCanBeComparedTheRuleIsBroken() {
    GateDefinition rules = rules(Optional.of(SLICES), Approval.NONE);
    Map<String, DifferenceInterval> whole = Map.of("auc", interval(0, 0.01));
    SliceComparison undefined =
        new SliceComparison("carrier=AA", 600, Map.of("log_loss", interval(Double.NaN, 0.05)));

    for (List<SliceComparison> slices : List.of(List.<SliceComparison>of(), List.of(undefined))) {
      GateDecision decision = decide(rules, whole, slices);
      assertThat(decision.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(decision.reasons().get(0))
          .startsWith("no slices of carrier with at least 500 rows could be compared");
    }
  }

  @Test
  void whatKeepsAllRulesAwaitsApprovalWhereAPersonHasToApprove() {
    GateDefinition rules = rules(Optional.empty(), Approval.REQUIRED);

    assertThat(decide(rules, Map.of("auc", interval(0, 0.01)), List.of()).verdict())
        .isEqualTo(Verdict.AWAITS_APPROVAL);
    assertThat(decide(rules, Map.of("auc", interval(-1, 0.01)), List.of()).verdict())
        .isEqualTo(Verdict.FAIL);
    assertThat(
            ModelGate.decide(
                    evaluation("late_flight/1", 0.73),
                    Optional.empty(),
                    ChampionState.absent(),
                    rules)
                .verdict())
        .isEqualTo(Verdict.AWAITS_APPROVAL);
  }
}
