package org.millrace.registry.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/**
 * Thompson sampling in batches: an arm's share of the next rows is the probability that it is the
 * best one (Thompson, On the Likelihood that One Unknown Probability Exceeds Another, Biometrika
 * 25, 1933; Scott, A Modern Bayesian Look at the Multi-armed Bandit, Applied Stochastic Models in
 * Business and Industry 26, 2010).
 *
 * <p>The posterior of an arm's mean loss is normal. The prior is worth one row: it has the mean and
 * the variance of the losses of all arms together. An arm's variance too is that of its own rows
 * and of this one. So an arm without rows is tried, and one of two equal losses is not taken for
 * certain.
 *
 * <p>Losses of days on which the arms had other shares are compared as they are. Where days differ
 * much (storms), hand in losses from which a mean of the day was taken that does not depend on the
 * shares, such as that of the control.
 */
public final class ThompsonShares {
  private static final int DRAWS = 10_000;
  private static final double ROUNDING = 1e-9;

  private final long seed;
  private final double least;

  /** Where an arm's mean loss lies. */
  private record Posterior(double mean, double deviation) {}

  /**
   * Of a seed.
   *
   * @param seed of the draws; the same for each call
   * @param least least share of each arm, at least 0; above 0 no arm is lost sight of
   * @throws IllegalArgumentException if the least share is not between 0 and 1
   */
  public ThompsonShares(long seed, double least) {
    if (!(least >= 0 && least <= 1)) {
      throw new IllegalArgumentException(
          "Cannot give each arm a share of at least " + least + ": expected 0 to 1");
    }

    this.seed = seed;
    this.least = least;
  }

  /**
   * The shares of the next rows: each arm's least share, and the rest by the probability that the
   * arm's mean loss is the lowest. The same for the same seed and outcomes, on every machine.
   *
   * @param outcomes losses by arm, to be minimised; {@link LossSums#NONE} for an arm that is new
   * @return by the same arms, adding up to 1; equal shares below two rows in all
   * @throws IllegalArgumentException without arms, with too many for their least share, or where
   *     sums are not finite
   */
  public NavigableMap<String, Double> shares(Map<String, LossSums> outcomes) {
    requireUsable(outcomes);
    NavigableMap<String, LossSums> arms = new TreeMap<>(outcomes);
    double[] probabilities = probabilities(List.copyOf(arms.values()));
    double rest = Math.max(0, 1 - least * arms.size());
    NavigableMap<String, Double> shares = new TreeMap<>();
    int next = 0;
    for (String arm : arms.keySet()) {
      shares.put(arm, least + rest * probabilities[next++]);
    }

    return Collections.unmodifiableNavigableMap(shares);
  }

  private double[] probabilities(List<LossSums> arms) {
    LossSums all = arms.stream().reduce(LossSums.NONE, LossSums::plus);
    double[] wins = new double[arms.size()];
    if (all.rows() < 2) {
      Arrays.fill(wins, 1.0 / wins.length);
      return wins;
    }

    List<Posterior> posteriors = arms.stream().map(arm -> posterior(arm, all)).toList();
    // its algorithm is part of its contract, that of other generators is not
    Random random = new Random(seed);
    for (int i = 0; i < DRAWS; i++) {
      List<Integer> best = best(posteriors, random);
      best.forEach(arm -> wins[arm] += 1.0 / best.size());
    }

    return Arrays.stream(wins).map(count -> count / DRAWS).toArray();
  }

  private static Posterior posterior(LossSums arm, LossSums all) {
    double rows = arm.rows() + 1.0;
    double spread = arm.rows() < 2 ? 0 : (arm.rows() - 1) * arm.variance();
    double variance = (spread + all.variance()) / Math.max(1, arm.rows());
    return new Posterior((arm.sum() + all.mean()) / rows, Math.sqrt(variance / rows));
  }

  /** The arms with the lowest of one draw each; more than one where losses do not vary. */
  private static List<Integer> best(List<Posterior> posteriors, Random random) {
    double lowest = Double.POSITIVE_INFINITY;
    List<Integer> best = new ArrayList<>();
    for (int arm = 0; arm < posteriors.size(); arm++) {
      Posterior posterior = posteriors.get(arm);
      double drawn = posterior.mean() + posterior.deviation() * random.nextGaussian();
      if (drawn < lowest) {
        best.clear();
        lowest = drawn;
      }

      if (drawn == lowest) {
        best.add(arm);
      }
    }

    return best;
  }

  private void requireUsable(Map<String, LossSums> outcomes) {
    if (outcomes.isEmpty() || least * outcomes.size() > 1 + ROUNDING) {
      throw new IllegalArgumentException(
          "Cannot give each of %d arms a share of at least %s: expected one arm or more, and least shares of at most 1 together"
              .formatted(outcomes.size(), least));
    }

    outcomes.forEach(
        (arm, sums) -> {
          if (!sums.isFinite()) {
            throw new IllegalArgumentException(
                "Cannot share rows by losses that are not finite: arm %s has %s"
                    .formatted(arm, sums));
          }
        });
  }
}
