package org.millrace.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.definition.GateDefinition.Better;
import org.millrace.contracts.definition.GateDefinition.Bootstrap;
import org.millrace.contracts.definition.GateDefinition.Range;
import org.millrace.contracts.definition.GateDefinition.Tolerance;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.definition.RolloutStage;
import org.millrace.contracts.definition.RolloutStage.Policy;
import org.millrace.registry.gate.DifferenceInterval;
import org.millrace.registry.rollout.RolloutDecision.Step;

/** The policy of each kind of stage, on evidence with numbers that show which row of it decided. */
final class TestRolloutPolicy {
  private static final LocalDate DAY = LocalDate.parse("2013-12-01");
  private static final Tolerance POINT = new Tolerance(Better.LOWER, 0.01);
  private static final Tolerance SHOWN = new Tolerance(Better.LOWER, 0.01, Optional.of(0.95));

  private static RolloutStage stage(Policy policy) {
    return new RolloutStage(
        "s",
        policy,
        3,
        5,
        policy == Policy.SHADOW ? 0 : 0.5,
        policy == Policy.AB_TEST
            ? Optional.of(new RolloutStage.Test(0.02, 0.05, 0.8))
            : Optional.empty(),
        policy == Policy.BANDIT ? 0.1 : 0);
  }

  private static RolloutDefinition rules(
      Map<String, Range> ranges, Map<String, Tolerance> notWorse, RolloutStage stage) {
    return new RolloutDefinition(
        "m",
        RolloutDefinition.Begins.GATE,
        "challengers.m",
        List.of(),
        List.of(),
        0.5,
        100,
        ranges,
        notWorse,
        Bootstrap.DEFAULT,
        Optional.empty(),
        Optional.empty(),
        List.of(stage));
  }

  private static StageEvidence evidence(int days, double challengerLoss) {
    return evidence(days, 1_000, challengerLoss, Map.of(), List.of());
  }

  private static StageEvidence evidence(
      int days,
      long rows,
      double challengerLoss,
      Map<String, DifferenceInterval> intervals,
      List<ArmDay> served) {
    return new StageEvidence(
        days,
        rows,
        Map.of("log_loss", 0.40),
        Map.of("log_loss", challengerLoss, "auc", 0.7),
        intervals,
        Map.of("rank_correlation", 0.9),
        served);
  }

  private static RolloutDecision decide(
      Policy policy, Map<String, Tolerance> notWorse, StageEvidence evidence) {
    RolloutStage stage = stage(policy);
    return new RolloutPolicy(
            rules(
                Map.of("rank_correlation", new Range(Optional.of(0.5), Optional.empty())),
                notWorse,
                stage),
            stage)
        .decide(evidence, 7);
  }

  @Test
  void tooFewRowsDecideNothing() {
    RolloutDecision decision =
        decide(Policy.SHADOW, Map.of(), evidence(9, 99, 9, Map.of(), List.of()));

    assertThat(decision.step()).isEqualTo(Step.STAY);
    assertThat(decision.reasons())
        .containsExactly("99 rows with labels, at least 100 are needed before anything is decided");
  }

  @Test
  void aBrokenRangeHaltsAtOnce() {
    RolloutStage stage = stage(Policy.CANARY);
    RolloutDecision decision =
        new RolloutPolicy(
                rules(
                    Map.of(
                        "rank_correlation", new Range(Optional.of(0.95), Optional.empty()),
                        "auc", new Range(Optional.of(0.6), Optional.of(0.8))),
                    Map.of(),
                    stage),
                stage)
            .decide(evidence(1, 0.4), 7);

    assertThat(decision.step()).isEqualTo(Step.HALT);
    assertThat(decision.reasons())
        .containsExactly(
            "rank_correlation 0.9 is less than 0.95",
            "auc 0.7 is at least 0.6",
            "auc 0.7 is at most 0.8");
  }

  @Test
  void aMetricThatIsNotThereNeverPasses() {
    RolloutStage stage = stage(Policy.SHADOW);
    RolloutDecision decision =
        new RolloutPolicy(
                rules(
                    Map.of("rmse", new Range(Optional.empty(), Optional.of(9.0))), Map.of(), stage),
                stage)
            .decide(evidence(9, 0.4), 7);

    assertThat(decision.step()).isEqualTo(Step.HALT);
    assertThat(decision.reasons()).containsExactly("rmse is NaN, a finite number is needed");
  }

  @Test
  void twoNumbersAreComparedOnceTheStageHasItsDays() {
    assertThat(decide(Policy.CANARY, Map.of("log_loss", POINT), evidence(2, 0.60)).step())
        .isEqualTo(Step.STAY);
    assertThat(decide(Policy.CANARY, Map.of("log_loss", POINT), evidence(3, 0.60)).step())
        .isEqualTo(Step.HALT);
    assertThat(decide(Policy.CANARY, Map.of("log_loss", POINT), evidence(3, 0.41)).step())
        .as("on the bound")
        .isEqualTo(Step.GO_ON);
    assertThat(decide(Policy.CANARY, Map.of("log_loss", POINT), evidence(2, 0.30)).step())
        .as("a better one waits too")
        .isEqualTo(Step.STAY);
  }

  @Test
  void anIntervalHaltsAsSoonAsItShowsAWorseOne() {
    assertThat(shown(1, 0.011, 0.05).step()).isEqualTo(Step.HALT);
    assertThat(shown(1, 0.009, 0.05).step()).isEqualTo(Step.STAY);
    assertThat(shown(1, -0.05, 0.01).step()).isEqualTo(Step.STAY);
    assertThat(shown(3, -0.05, 0.01).step()).isEqualTo(Step.GO_ON);
    assertThat(shown(3, -0.05, 0.011).step()).as("not shown yet").isEqualTo(Step.STAY);
    assertThat(shown(5, -0.05, 0.011).step()).as("and never was").isEqualTo(Step.HALT);
    assertThat(shown(5, -0.05, 0.011).reasons().get(0))
        .isEqualTo("not decided after 5 days, most-days of stage s is 5");
    assertThat(shown(5, Double.NaN, Double.NaN).step()).isEqualTo(Step.HALT);
  }

  private static RolloutDecision shown(int days, double low, double high) {
    return decide(
        Policy.CANARY,
        Map.of("log_loss", SHOWN),
        evidence(
            days,
            1_000,
            0.41,
            Map.of("log_loss", new DifferenceInterval(0.41, 0.40, low, high, 0.95, 1_000)),
            List.of()));
  }

  /** Days of losses whose means differ. */
  private static List<ArmDay> served(int days, double difference) {
    SplittableRandom random = new SplittableRandom(11);
    List<ArmDay> served = new ArrayList<>();
    for (int day = 0; day < days; day++) {
      served.add(
          new ArmDay(DAY.plusDays(day), losses(random, 500, 0), losses(random, 500, difference)));
    }

    return served;
  }

  private static LossSums losses(SplittableRandom random, int rows, double shift) {
    double sum = 0;
    double squares = 0;
    for (int row = 0; row < rows; row++) {
      double loss = random.nextDouble() + shift;
      sum += loss;
      squares += loss * loss;
    }

    return new LossSums(rows, sum, squares);
  }

  private static RolloutDecision tested(int days, double difference) {
    return decide(
        Policy.AB_TEST,
        Map.of(),
        evidence(days, 1_000L * days, 0.4, Map.of(), served(days, difference)));
  }

  @Test
  void aTestDecidesByItsPValue() {
    assertThat(tested(1, 0.3).step()).as("worse: at once").isEqualTo(Step.HALT);
    assertThat(tested(1, 0.3).reasons().get(0)).isEqualTo("the challenger is worse");
    assertThat(tested(1, -0.3).step()).as("better: after its days").isEqualTo(Step.STAY);
    assertThat(tested(3, -0.3).step()).isEqualTo(Step.GO_ON);
    assertThat(tested(4, 0).step()).isEqualTo(Step.STAY);
    assertThat(tested(4, 0).reasons())
        .anyMatch(reason -> reason.contains("rows show a difference"));
    assertThat(tested(5, 0).step()).as("nothing was shown").isEqualTo(Step.HALT);
  }

  private static RolloutDecision shared(int days, double difference) {
    return decide(
        Policy.BANDIT,
        Map.of(),
        evidence(days, 1_000L * days, 0.4, Map.of(), served(days, difference)));
  }

  @Test
  void aBanditSharesByProbabilityAndKeepsItsLeastShare() {
    assertThat(shared(1, -0.3).step()).isEqualTo(Step.STAY);
    assertThat(shared(1, -0.3).share().orElseThrow()).isEqualTo(0.9);
    assertThat(shared(1, 0.3).share().orElseThrow()).isEqualTo(0.1);
    assertThat(shared(3, -0.3).step()).isEqualTo(Step.GO_ON);
    assertThat(shared(3, 0.3).step()).isEqualTo(Step.HALT);
    RolloutDecision open = shared(3, 0);
    assertThat(open.step()).isEqualTo(Step.STAY);
    assertThat(open.share().orElseThrow()).isStrictlyBetween(0.1, 0.9);
    assertThat(shared(3, 0)).as("the same seed draws the same").isEqualTo(open);
  }
}
