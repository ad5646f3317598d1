package org.millrace.registry.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.GateDefinition.Better;
import org.millrace.contracts.definition.GateDefinition.Range;
import org.millrace.contracts.definition.GateDefinition.Tolerance;

class TestModelGate {
  private static final DayRange NOVEMBER =
      new DayRange(LocalDate.parse("2013-11-01"), LocalDate.parse("2013-11-30"));
  private static final GateDefinition RULES =
      new GateDefinition(
          "late_flight",
          NOVEMBER,
          Map.of(
              "auc", new Range(Optional.of(0.7), Optional.of(0.95)),
              "calibration_error", new Range(Optional.empty(), Optional.of(0.05))),
          Map.of(
              "auc", new Tolerance(Better.HIGHER, 0.01),
              "log_loss", new Tolerance(Better.LOWER, 0.02)));

  private static Evaluation evaluation(String version, double auc, double logLoss) {
    return new Evaluation(
        version,
        NOVEMBER,
        27_000,
        Map.of("auc", auc, "log_loss", logLoss, "calibration_error", 0.01));
  }

  private static GateDecision decide(Evaluation candidate, Evaluation champion) {
    return ModelGate.decide(
        candidate, Optional.of(Comparison.of(champion)), ChampionState.evaluated(), RULES);
  }

  private static GateDecision bootstrap(Evaluation candidate) {
    return ModelGate.decide(candidate, Optional.empty(), ChampionState.absent(), RULES);
  }

  @Test
  void passesWithinRangesAndNotWorse() {
    GateDecision decision =
        decide(evaluation("late_flight/2", 0.76, 0.4), evaluation("late_flight/1", 0.75, 0.41));

    assertThat(decision.verdict()).isEqualTo(Verdict.PASS);
    assertThat(decision.reasons())
        .containsExactly(
            "auc 0.76 is at least 0.7",
            "auc 0.76 is at most 0.95",
            "calibration_error 0.01 is at most 0.05",
            "not worse than the champion: auc 0.76, champion 0.75, tolerance 0.01",
            "not worse than the champion: log_loss 0.4, champion 0.41, tolerance 0.02");
  }

  @Test
  void bootstrapsWithoutAChampion() {
    GateDecision decision = bootstrap(evaluation("late_flight/1", 0.76, 0.4));

    assertThat(decision.verdict()).isEqualTo(Verdict.BOOTSTRAP);
    assertThat(decision.reasons())
        .contains(
            "no version of late_flight holds the alias, and the alias history has no earlier holder",
            "auc 0.76 is at least 0.7");
  }

  @Test
  void firstModelOutsideARangeFails() {
    GateDecision decision = bootstrap(evaluation("late_flight/1", 0.61, 0.4));

    assertThat(decision.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(decision.reasons().get(0)).isEqualTo("auc 0.61 is below the minimum 0.7");
  }

  @Test
  void tooGoodIsOutsideTheRangeToo() {
    assertThat(bootstrap(evaluation("late_flight/1", 0.99, 0.1)).reasons())
        .first()
        .isEqualTo("auc 0.99 is above the maximum 0.95");
  }

  @ParameterizedTest
  @CsvSource({
    // candidate auc, log loss, champion auc, log loss, verdict
    "0.75, 0.40, 0.75, 0.40, PASS",
    "0.74, 0.40, 0.75, 0.40, PASS",
    "0.7399, 0.40, 0.75, 0.40, FAIL",
    "0.75, 0.42, 0.75, 0.40, PASS",
    "0.75, 0.4201, 0.75, 0.40, FAIL",
    "0.80, 0.50, 0.75, 0.40, FAIL",
    "0.70, 0.40, 0.70, 0.40, PASS",
    "0.95, 0.40, 0.70, 0.40, PASS",
  })
  void holdsEachBoundExactly(
      double auc, double logLoss, double championAuc, double championLogLoss, Verdict verdict) {
    assertThat(
            decide(
                    evaluation("late_flight/2", auc, logLoss),
                    evaluation("late_flight/1", championAuc, championLogLoss))
                .verdict())
        .isEqualTo(verdict);
  }

  @Test
  void saysWhatIsWorse() {
    assertThat(
            decide(evaluation("late_flight/2", 0.72, 0.4), evaluation("late_flight/1", 0.75, 0.4))
                .reasons())
        .first()
        .isEqualTo("worse than the champion: auc 0.72, champion 0.75, tolerance 0.01");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void valueThatIsNoNumberFails(double value) {
    GateDecision decision = bootstrap(evaluation("late_flight/1", 0.75, value));

    assertThat(decision.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(decision.reasons().get(0))
        .isEqualTo("log_loss is " + value + ", a finite number is needed");
  }

  @Test
  void missingMetricFailsEvenWhereThereIsNoChampion() {
    Evaluation lacking =
        new Evaluation("late_flight/1", NOVEMBER, 10, Map.of("auc", 0.75, "log_loss", 0.4));

    assertThat(bootstrap(lacking).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(bootstrap(lacking).reasons())
        .first()
        .isEqualTo("calibration_error is missing, the gate has a rule for it");
  }

  @Test
  void allBrokenRulesAreTold() {
    Evaluation empty = new Evaluation("late_flight/1", DayRange.of(NOVEMBER.from()), 0, Map.of());

    assertThat(bootstrap(empty).reasons())
        .containsExactly(
            "evaluated on 2013-11-01, the gate's slice is 2013-11-01_2013-11-30",
            "evaluated on 0 rows, at least 1 is needed",
            "auc is missing, the gate has a rule for it",
            "calibration_error is missing, the gate has a rule for it",
            "log_loss is missing, the gate has a rule for it");
  }

  @Test
  void candidateThatIsChampionAlreadyIsJudgedByTheRangesAlone() {
    GateDecision kept = same(evaluation("late_flight/2", 0.76, 0.4));
    GateDecision broken = same(evaluation("late_flight/2", 0.61, 0.4));

    assertThat(kept.verdict()).isEqualTo(Verdict.SAME);
    assertThat(kept.reasons())
        .containsExactly(
            "auc 0.76 is at least 0.7",
            "auc 0.76 is at most 0.95",
            "calibration_error 0.01 is at most 0.05",
            "late_flight/2 is the champion already");
    assertThat(broken.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(broken.reasons().get(0)).isEqualTo("auc 0.61 is below the minimum 0.7");
  }

  private static GateDecision same(Evaluation candidate) {
    return ModelGate.decide(candidate, Optional.empty(), ChampionState.same(), RULES);
  }

  @Test
  void aliasThatLostItsHolderIsNoBaseline() {
    GateDecision decision =
        ModelGate.decide(
            evaluation("late_flight/3", 0.76, 0.4),
            Optional.empty(),
            ChampionState.vacant("late_flight/2"),
            RULES);

    assertThat(decision.verdict()).isEqualTo(Verdict.NO_BASELINE);
    assertThat(decision.reasons().get(0))
        .isEqualTo("no version holds the alias now, late_flight/2 held it last");
  }

  @ParameterizedTest
  @EnumSource(Verdict.class)
  void aVerdictPromotesRejectsOrLeavesTheChampion(Verdict verdict) {
    assertThat(verdict.promotes()).isEqualTo(Set.of("PASS", "BOOTSTRAP").contains(verdict.name()));
    assertThat(verdict.rejects())
        .isEqualTo(Set.of("FAIL", "NO_BASELINE", "CHAMPION_UNUSABLE").contains(verdict.name()));
  }

  @Test
  void unusableChampionHasAVerdictOfItsOwn() {
    GateDecision decision =
        ModelGate.decide(
            evaluation("late_flight/2", 0.76, 0.4),
            Optional.empty(),
            ChampionState.unusable("late_flight/1 takes no input 'wind'"),
            RULES);

    assertThat(decision.verdict()).isEqualTo(Verdict.CHAMPION_UNUSABLE);
    assertThat(decision.reasons().get(0))
        .isEqualTo("the champion cannot be evaluated: late_flight/1 takes no input 'wind'");
  }

  @Test
  void badCandidateFailsWhateverTheChampionIs() {
    GateDecision decision =
        ModelGate.decide(
            evaluation("late_flight/2", 0.5, 0.4),
            Optional.empty(),
            ChampionState.unusable("lost"),
            RULES);

    assertThat(decision.verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void evaluatedChampionWithoutEvaluationIsNoBaseline() {
    GateDecision decision =
        ModelGate.decide(
            evaluation("late_flight/2", 0.76, 0.4),
            Optional.empty(),
            ChampionState.evaluated(),
            RULES);

    assertThat(decision.verdict()).isEqualTo(Verdict.NO_BASELINE);
    assertThat(decision.reasons().get(0)).isEqualTo("the champion's evaluation is missing");
  }

  @Test
  void championOnAnotherSliceIsNoBaseline() {
    Evaluation champion = evaluation("late_flight/1", 0.75, 0.4);
    Evaluation fewer = new Evaluation("late_flight/1", NOVEMBER, 26_999, champion.metrics());

    GateDecision decision = decide(evaluation("late_flight/2", 0.76, 0.4), fewer);
    assertThat(decision.verdict()).isEqualTo(Verdict.NO_BASELINE);
    assertThat(decision.reasons().get(0))
        .isEqualTo(
            "champion late_flight/1 was evaluated on 26999 rows of 2013-11-01_2013-11-30, the"
                + " candidate on 27000 rows of 2013-11-01_2013-11-30");
  }

  @Test
  void championWithoutTheMetricIsNoBaseline() {
    Map<String, Double> metrics = new HashMap<>(evaluation("late_flight/1", 0.75, 0.4).metrics());
    metrics.put("log_loss", Double.NaN);
    metrics.remove("auc");
    Evaluation champion = new Evaluation("late_flight/1", NOVEMBER, 27_000, metrics);

    GateDecision decision = decide(evaluation("late_flight/2", 0.76, 0.4), champion);
    assertThat(decision.verdict()).isEqualTo(Verdict.NO_BASELINE);
    assertThat(decision.reasons().get(0))
        .isEqualTo("champion late_flight/1 has no [auc, log_loss]");
  }

  @Test
  void gateWithoutBoundsStillGivesAReason() {
    GateDefinition none =
        new GateDefinition(
            "late_flight",
            NOVEMBER,
            Map.of("auc", new Range(Optional.empty(), Optional.empty())),
            Map.of());

    assertThat(
            ModelGate.decide(
                evaluation("late_flight/2", 0.5, 0.4),
                Optional.of(Comparison.of(evaluation("late_flight/1", 0.9, 0.4))),
                ChampionState.evaluated(),
                none))
        .isEqualTo(new GateDecision(Verdict.PASS, List.of("the gate has no bound to check")));
  }
}
