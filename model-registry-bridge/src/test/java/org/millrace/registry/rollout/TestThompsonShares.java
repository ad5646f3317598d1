package org.millrace.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

class TestThompsonShares {
  private static final LossSums BETTER = sums(400, 0.36, 0.3);
  private static final LossSums WORSE = sums(400, 0.40, 0.3);

  private static LossSums sums(long rows, double mean, double variance) {
    return new LossSums(rows, rows * mean, (rows - 1) * variance + rows * mean * mean);
  }

  private static double total(Collection<Double> shares) {
    return shares.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** A prior of one row hardly matters: the difference is normal, of variance 2 * 0.3 / 400. */
  @Test
  void aShareIsTheProbabilityOfBeingTheBest() {
    double expected =
        new NormalDistribution(0, 1).cumulativeProbability(0.04 / Math.sqrt(2 * 0.3 / 400));

    Map<String, Double> shares = new ThompsonShares(161, 0).shares(Map.of("a", WORSE, "b", BETTER));

    assertThat(shares.get("b")).isCloseTo(expected, within(0.012));
    assertThat(total(shares.values())).isCloseTo(1, within(1e-12));
  }

  @Test
  void sharesAreTheSameForTheSameSeedInAnyOrderOfArms() {
    Map<String, LossSums> forward = new LinkedHashMap<>();
    forward.put("a", WORSE);
    forward.put("b", BETTER);
    Map<String, LossSums> backward = new LinkedHashMap<>();
    backward.put("b", BETTER);
    backward.put("a", WORSE);
    ThompsonShares thompson = new ThompsonShares(161, 0.05);

    assertThat(thompson.shares(forward))
        .isEqualTo(thompson.shares(forward))
        .isEqualTo(new ThompsonShares(161, 0.05).shares(backward))
        .isNotEqualTo(new ThompsonShares(162, 0.05).shares(forward));
  }

  @Test
  void noArmGetsLessThanItsLeastShare() {
    Map<String, LossSums> outcomes =
        Map.of("a", sums(9_000, 0.9, 0.1), "b", sums(9_000, 0.1, 0.1), "c", sums(9_000, 0.5, 0.1));

    Map<String, Double> shares = new ThompsonShares(161, 0.1).shares(outcomes);

    assertThat(shares.get("a")).isCloseTo(0.1, within(1e-9));
    assertThat(shares.get("b")).isCloseTo(0.8, within(1e-9));
    assertThat(shares.get("c")).isCloseTo(0.1, within(1e-9));
    assertThat(new ThompsonShares(161, 1.0 / 3).shares(outcomes).values())
        .allSatisfy(share -> assertThat(share).isCloseTo(1.0 / 3, within(1e-9)));
  }

  @Test
  void sharesAreEqualWithoutOutcomes() {
    assertThat(
            new ThompsonShares(161, 0.1)
                .shares(
                    Map.of(
                        "a",
                        LossSums.NONE,
                        "b",
                        LossSums.NONE,
                        "c",
                        LossSums.NONE,
                        "d",
                        LossSums.NONE))
                .values())
        .hasSize(4)
        .allSatisfy(share -> assertThat(share).isCloseTo(0.25, within(1e-12)));
  }

  @Test
  void equalLossesThatDoNotVaryShareEqually() {
    Map<String, Double> shares =
        new ThompsonShares(161, 0)
            .shares(Map.of("a", new LossSums(8, 4, 2), "b", new LossSums(4, 2, 1)));

    assertThat(shares.get("a")).isCloseTo(0.5, within(1e-9));
    assertThat(shares.get("b")).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void anArmWithoutRowsIsTried() {
    Map<String, Double> shares =
        new ThompsonShares(161, 0).shares(Map.of("a", BETTER, "b", WORSE, "new", LossSums.NONE));

    assertThat(shares.get("new")).isBetween(0.3, 0.6);
  }

  @Test
  void theBestOfThreeArmsWinsAndTheRegretOfARowFalls() {
    ThompsonShares thompson = new ThompsonShares(161, 0.02);
    Simulation simulation = new Simulation();
    List<Double> regrets = new ArrayList<>();
    for (int day = 0; day < 60; day++) {
      Map<String, Double> shares = thompson.shares(simulation.outcomes);
      assertThat(shares.values())
          .allSatisfy(share -> assertThat(share).isBetween(0.02, 0.96 + 1e-9));
      simulation.serve(shares);
      regrets.add(simulation.regretOfARow());
    }

    assertThat(thompson.shares(simulation.outcomes).get("b")).isGreaterThan(0.9);
    assertThat(regrets.get(0)).isCloseTo(0.05, within(0.001));
    assertThat(regrets.get(19)).isLessThan(regrets.get(0) / 2);
    assertThat(regrets.subList(30, 60)).isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(regrets.get(59)).isLessThan(regrets.get(0) / 8);
  }

  /** Three arms whose losses differ by constants; b is the best. */
  private static final class Simulation {
    final Map<String, LossSums> outcomes = new TreeMap<>();
    private final Map<String, Double> shifts = Map.of("a", 0.10, "b", 0.0, "c", 0.05);
    private final SimulatedLosses losses = new SimulatedLosses(161);
    private final Map<String, LossSums> everyArm = new TreeMap<>();
    private final List<Map<String, LossSums>> served = new ArrayList<>();

    Simulation() {
      shifts.keySet().forEach(arm -> outcomes.put(arm, LossSums.NONE));
    }

    void serve(Map<String, Double> shares) {
      Map<String, LossSums> today = new TreeMap<>();
      SimulatedLosses.Weather weather = losses.weather();
      shares.forEach(
          (chosen, share) -> {
            LossSums alike = losses.sums((int) Math.round(600 * share), losses::logLoss, weather);
            shifts.forEach(
                (arm, shift) -> {
                  LossSums sums = SimulatedLosses.shifted(alike, shift);
                  everyArm.merge(arm, sums, LossSums::plus);
                  if (arm.equals(chosen)) {
                    today.put(arm, sums);
                    outcomes.merge(arm, sums, LossSums::plus);
                  }
                });
          });
      served.add(today);
    }

    double regretOfARow() {
      Regret regret = Regret.of(served, everyArm);
      assertThat(regret.bestArm()).isEqualTo("b");
      long rows =
          served.stream().flatMap(day -> day.values().stream()).mapToLong(LossSums::rows).sum();
      return regret.regret() / rows;
    }
  }

  @Test
  void whatCannotBeSharedIsRefused() {
    assertThatThrownBy(() -> new ThompsonShares(161, -0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot give each arm a share of at least -0.1: expected 0 to 1");
    assertThatThrownBy(() -> new ThompsonShares(161, 0.6).shares(Map.of("a", BETTER, "b", WORSE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot give each of 2 arms a share of at least 0.6: expected one arm or more, and least shares of at most 1 together");
    assertThatThrownBy(() -> new ThompsonShares(161, 0).shares(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot give each of 0 arms");
    assertThatThrownBy(
            () ->
                new ThompsonShares(161, 0)
                    .shares(Map.of("a", BETTER, "b", new LossSums(2, Double.NaN, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "Cannot share rows by losses that are not finite: arm b has LossSums[rows=2, sum=NaN");
  }
}
