package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A part of a rollout, until it is decided how it goes on.
 *
 * @param name as the definition has it
 * @param policy how rows are shared, and by what it is decided
 * @param days so many days whose labels are known must lie in it before it goes on
 * @param mostDays after so many such days without a decision the rollout is halted
 * @param share of the rows that the challenger scores, over 0 and below 1; 0 in the shadow, and the
 *     first one of a bandit
 * @param test how an A/B test decides; empty for every other policy
 * @param leastShare of a bandit: no version gets fewer rows; 0 for every other policy
 */
public record RolloutStage(
    String name,
    Policy policy,
    int days,
    int mostDays,
    double share,
    Optional<Test> test,
    double leastShare) {
  private static final int MOST_DAYS = 3_660;

  /** After so many times its days a stage without a decision is given up. */
  private static final int PATIENCE = 3;

  /** How rows are shared, and by what it is decided. */
  public enum Policy {
    /** The champion scores what people read; the challenger scores beside it. */
    SHADOW,
    /** A fixed share; it goes on if all rules are kept. */
    CANARY,
    /** A fixed share; it goes on if the challenger is better in a sequential test. */
    AB_TEST,
    /** The share is the probability that the challenger is the better one (Thompson sampling). */
    BANDIT
  }

  /**
   * How an A/B test decides.
   *
   * @param effect difference of the mean losses that matters, over 0, in the unit of the loss
   * @param alpha probability of a decision where there is no difference
   * @param power probability that a difference of {@code effect} is found; tells how many rows are
   *     needed
   */
  public record Test(double effect, double alpha, double power) {
    private static final double ALPHA = 0.05;
    private static final double POWER = 0.8;

    static Test read(DefinitionNode node) {
      double effect = node.optionalNumber("effect").orElse(0.0);
      if (effect <= 0) {
        node.error(
            "effect",
            "'effect': expected a number over 0: the difference of the mean losses that matters");
      }

      return new Test(
          effect, node.share("alpha", ALPHA, 0, 0.5), node.share("power", POWER, 0, 0.999));
    }
  }

  /** Checks that all is present. */
  public RolloutStage {
    requireNonNull(name, "name is null");
    requireNonNull(policy, "policy is null");
    requireNonNull(test, "test is null");
  }

  void addTo(ContentBuilder content, int place) {
    String path = "stages." + name;
    content
        .data(path + ".place", place)
        .data(path + ".policy", policy)
        .data(path + ".days", days)
        .data(path + ".most-days", mostDays)
        .data(path + ".share", share, 0.0)
        .data(path + ".least-share", leastShare, 0.0);
    test.ifPresent(
        of ->
            content
                .data(path + ".effect", of.effect())
                .data(path + ".alpha", of.alpha())
                .data(path + ".power", of.power()));
  }

  static RolloutStage read(String name, DefinitionNode node) {
    if (!Names.isWord(name)) {
      node.error("policy", "'" + name + "': expected a lower-case word such as canary");
    }

    Policy policy = node.choice("policy", Policy.class, Policy.SHADOW);
    int days = node.integer("days", 1, 1, MOST_DAYS);
    int mostDays = node.integer("most-days", Math.min(MOST_DAYS, PATIENCE * days), days, MOST_DAYS);
    RolloutStage stage =
        new RolloutStage(
            name,
            policy,
            days,
            mostDays,
            share(policy, node),
            policy == Policy.AB_TEST ? Optional.of(Test.read(node)) : Optional.empty(),
            policy == Policy.BANDIT ? leastShare(node) : 0);
    if (!node.has("policy") || !node.has("days")) {
      node.error(
          "policy",
          "'" + name + "': expected a policy and days, such as {policy: shadow, days: 7}");
    }

    node.done();
    return stage;
  }

  private static double share(Policy policy, DefinitionNode node) {
    return switch (policy) {
      case SHADOW -> 0;
      case BANDIT -> 0.5;
      case CANARY, AB_TEST -> {
        double share = node.optionalNumber("share").orElse(Double.NaN);
        if (!(share > 0 && share < 1)) {
          node.error("share", "'share': expected a number over 0 and below 1, such as 0.05");
        }

        yield share;
      }
    };
  }

  private static double leastShare(DefinitionNode node) {
    double least = node.number("least-share", 0.05, 0);
    if (least >= 0.5) {
      node.error("least-share", "'least-share': expected less than 0.5, the half");
    }

    return least;
  }
}
