package org.millrace.registry.rollout;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.definition.RolloutStage;
import org.millrace.registry.gate.Findings;
import org.millrace.registry.rollout.RolloutDecision.Step;

/**
 * Decides how a rollout goes on, from what the days of its stage have shown. Pure and total, and
 * shaped like the gate: each rule leaves a sentence with value and bound.
 *
 * <table>
 *   <caption>The decision is that of the first row that fits</caption>
 *   <tr><th>case</th><th>decision</th></tr>
 *   <tr><td>fewer rows than {@code least-rows}</td><td>STAY</td></tr>
 *   <tr><td>a rule is broken</td><td>HALT</td></tr>
 *   <tr><td>shadow, canary: fewer days than the stage has</td><td>STAY</td></tr>
 *   <tr><td>shadow, canary: all rules are kept</td><td>GO_ON</td></tr>
 *   <tr><td>ab-test: the challenger is shown to be worse</td><td>HALT</td></tr>
 *   <tr><td>ab-test: it is shown to be better, and the days are over</td><td>GO_ON</td></tr>
 *   <tr><td>bandit: it is the better one with probability 0.95, and the days are over</td><td>GO_ON</td></tr>
 *   <tr><td>bandit: it is the worse one with probability 0.95, and the days are over</td><td>HALT</td></tr>
 *   <tr><td>the stage has had {@code most-days} without a decision</td><td>HALT</td></tr>
 *   <tr><td>otherwise</td><td>STAY; a bandit changes the share</td></tr>
 * </table>
 */
public final class RolloutPolicy {
  private static final String CHAMPION = "champion";
  private static final String CHALLENGER = "challenger";
  private static final double SURE = 0.95;
  private static final long SHARES = 10_000;

  private final RolloutDefinition rules;
  private final RolloutStage stage;

  /** Decides on a stage by the rules of its definition. */
  public RolloutPolicy(RolloutDefinition rules, RolloutStage stage) {
    this.rules = requireNonNull(rules, "rules is null");
    this.stage = requireNonNull(stage, "stage is null");
  }

  /**
   * Decides.
   *
   * @param seed of the draws of a bandit; another one for each day, so that no draw is repeated
   */
  public RolloutDecision decide(StageEvidence evidence, long seed) {
    if (evidence.rows() < rules.leastRows()) {
      return stay(
          List.of(
              "%,d rows with labels, at least %,d are needed before anything is decided"
                  .formatted(evidence.rows(), rules.leastRows())));
    }

    boolean isLast = evidence.days() >= stage.days();
    RuleStates states = RuleStates.of(rules, evidence, isLast);
    if (!states.broken().isEmpty()) {
      return new RolloutDecision(
          Step.HALT, OptionalDouble.empty(), all(states.broken(), states.kept()));
    }

    return switch (stage.policy()) {
      case SHADOW, CANARY -> byRules(evidence, states, isLast);
      case AB_TEST -> byTest(evidence, states, isLast);
      case BANDIT -> byShares(evidence, states, isLast, seed);
    };
  }

  private RolloutDecision byRules(StageEvidence evidence, RuleStates states, boolean isLast) {
    if (!isLast) {
      return stay(all(List.of(days(evidence)), all(states.open(), states.kept())));
    }

    if (states.open().isEmpty()) {
      return new RolloutDecision(
          Step.GO_ON, OptionalDouble.empty(), all(List.of(days(evidence)), states.kept()));
    }

    return undecided(evidence, all(states.open(), states.kept()));
  }

  private RolloutDecision byTest(StageEvidence evidence, RuleStates states, boolean isLast) {
    RolloutStage.Test test = stage.test().orElseThrow();
    SequentialTest.Result found =
        new SequentialTest(test.effect()).after(evidence.served(), test.alpha());
    String sentence = sentence(found, test);
    List<String> reasons = all(List.of(sentence), states.kept());
    boolean isShown = found.low() > 0 || found.high() < 0;
    if (!isShown) { // also if an earlier look has shown what days since then have not
      return undecided(evidence, all(List.of(sentence, needed(evidence, test)), states.kept()));
    }

    if (found.low() > 0) {
      return new RolloutDecision(
          Step.HALT, OptionalDouble.empty(), all(List.of("the challenger is worse"), reasons));
    }

    return isLast
        ? new RolloutDecision(
            Step.GO_ON, OptionalDouble.empty(), all(List.of("the challenger is better"), reasons))
        : stay(all(List.of(days(evidence)), reasons));
  }

  private String sentence(SequentialTest.Result found, RolloutStage.Test test) {
    return "%s %s, between %s and %s with %s%% confidence at all looks at once, p-value %s vs alpha %s, %,d rows of %d days"
        .formatted(
            "mean loss of challenger minus champion",
            shown(found.difference()),
            shown(found.low()),
            shown(found.high()),
            Findings.shown(100 * (1 - test.alpha())),
            shown(found.pValue()),
            test.alpha(),
            found.rows(),
            found.days());
  }

  private String needed(StageEvidence evidence, RolloutStage.Test test) {
    double variance = evidence.total().control().variance();
    return Double.isFinite(variance)
        ? "about %,d rows show a difference of %s with power %s"
            .formatted(
                (long)
                    (SampleSize.SEQUENTIAL
                        * SampleSize.rows(
                            variance, test.effect(), test.alpha(), test.power(), stage.share())),
                test.effect(),
                test.power())
        : "too few rows to estimate how many are needed";
  }

  private RolloutDecision byShares(
      StageEvidence evidence, RuleStates states, boolean isLast, long seed) {
    ArmDay total = evidence.total();
    double share =
        new ThompsonShares(seed, stage.leastShare())
            .shares(Map.of(CHAMPION, total.control(), CHALLENGER, total.treatment()))
            .getOrDefault(CHALLENGER, stage.share());
    share = Math.round(share * SHARES) / (double) SHARES; // as 10,000 draws give it
    double probability = (share - stage.leastShare()) / (1 - 2 * stage.leastShare());
    List<String> reasons =
        all(
            List.of(
                "the challenger is the better one with probability %s, share %s of the next rows"
                    .formatted(shown(probability), shown(share))),
            states.kept());
    if (isLast && probability >= SURE) {
      return new RolloutDecision(Step.GO_ON, OptionalDouble.empty(), reasons);
    }

    if (isLast && probability <= 1 - SURE) {
      return new RolloutDecision(Step.HALT, OptionalDouble.empty(), reasons);
    }

    RolloutDecision undecided = undecided(evidence, reasons);
    return undecided.step() == Step.STAY
        ? new RolloutDecision(Step.STAY, OptionalDouble.of(share), undecided.reasons())
        : undecided;
  }

  private RolloutDecision undecided(StageEvidence evidence, List<String> reasons) {
    return evidence.days() < stage.mostDays()
        ? stay(all(List.of(days(evidence)), reasons))
        : new RolloutDecision(
            Step.HALT,
            OptionalDouble.empty(),
            all(
                List.of(
                    "not decided after %d days, most-days of stage %s is %d"
                        .formatted(evidence.days(), stage.name(), stage.mostDays())),
                reasons));
  }

  private String days(StageEvidence evidence) {
    return "%d days of stage %s have labels, it takes %d"
        .formatted(evidence.days(), stage.name(), stage.days());
  }

  private static RolloutDecision stay(List<String> reasons) {
    return new RolloutDecision(Step.STAY, OptionalDouble.empty(), reasons);
  }

  private static String shown(double value) {
    return Double.isFinite(value) ? Findings.shown(value) : Double.toString(value);
  }

  private static List<String> all(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
