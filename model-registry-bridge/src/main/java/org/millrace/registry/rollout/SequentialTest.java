package org.millrace.registry.rollout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Mixture sequential probability ratio test of a difference of mean losses, treatment minus
 * control, stratified by day. Its p-value is valid at every look: a person may look each day and
 * stop at the first day with a p-value of at most {@code alpha}, and is wrong in at most a share
 * {@code alpha} of the cases without a difference (Robbins, Statistical Methods Related to the Law
 * of the Iterated Logarithm, Annals of Mathematical Statistics 41, 1970; Johari, Koomen, Pekelis
 * and Walsh, Always Valid Inference: Continuous Monitoring of A/B Tests, Operations Research 70(3),
 * 2022). With estimated variances this holds for many rows (Waudby-Smith, Arbour, Sinha, Kennedy
 * and Ramdas, Time-uniform Central Limit Theory and Asymptotic Confidence Sequences, Annals of
 * Statistics 52, 2024). So there is no conclusion before each arm has 300 rows: until then the
 * p-value is 1 and the interval unbounded. The same holds while no loss varies within its arm and
 * day.
 *
 * <p>What rows of a day share, such as weather, is in both arms and cancels. The rows of a day must
 * be assigned to the arms at random, each by itself; shares may change from day to day and may
 * follow from earlier days. Losses must be finite: a day with a loss that is not, or with fewer
 * than two rows in an arm, is left out.
 *
 * @param effect the difference that one expects to matter, above 0, in the unit of the loss: the
 *     standard deviation of the mixture. A difference of about this size is found soonest; the
 *     error holds for any
 */
public record SequentialTest(double effect) {
  /**
   * What days show.
   *
   * @param pValue lowest p-value of all looks so far, 0 to 1
   * @param difference mean loss of the treatment minus that of the control, days weighted by their
   *     effective rows; NaN without days
   * @param low lower end of the interval of the difference; negative infinity while there is no
   *     conclusion
   * @param high its upper end
   * @param rows of both arms, of the days that count
   * @param days days that count
   */
  public record Result(
      double pValue, double difference, double low, double high, long rows, int days) {}

  /** Checks the effect. */
  public SequentialTest {
    if (!(effect > 0) || !Double.isFinite(effect)) {
      throw new IllegalArgumentException(
          "Cannot test for a difference of " + effect + ": expected a number above 0");
    }
  }

  /**
   * Looks after each day, in the order of days.
   *
   * <p>The interval is that of the newest look and not the intersection of all: it always holds the
   * measured difference, and it has a meaning where differences change from day to day. All
   * intervals of all looks hold the true difference at once with probability {@code 1 - alpha}. The
   * p-value is at most {@code alpha} exactly where 0 was outside the interval at one of the looks.
   *
   * @param days in any order, each once
   * @param alpha the error that one accepts, between 0 and 1
   * @throws IllegalArgumentException if a day is there twice, or alpha is not between 0 and 1
   */
  public Result after(List<ArmDay> days, double alpha) {
    Probabilities.requireInside(alpha, "alpha");
    Evidence evidence = Evidence.NONE;
    double pValue = 1;
    for (ArmDay day : inOrder(days)) {
      evidence = evidence.plus(day);
      pValue = Math.min(pValue, Math.exp(-logRatio(evidence)));
    }

    double half = halfWidth(evidence, alpha);
    boolean isBounded = Double.isFinite(half);
    double difference = evidence.difference();
    return new Result(
        pValue,
        difference,
        isBounded ? difference - half : Double.NEGATIVE_INFINITY,
        isBounded ? difference + half : Double.POSITIVE_INFINITY,
        evidence.control() + evidence.treatment(),
        evidence.days());
  }

  /** Logarithm of the mixture's likelihood ratio against no difference. */
  private double logRatio(Evidence evidence) {
    double information = evidence.information();
    if (information == 0) {
      return 0;
    }

    double gain = information * effect * effect;
    double squaredZ = evidence.difference() * evidence.difference() * information;
    return (squaredZ * gain / (1 + gain) - Math.log1p(gain)) / 2;
  }

  /** How far a difference is from the measured one where its ratio reaches 1 / alpha. */
  private double halfWidth(Evidence evidence, double alpha) {
    double information = evidence.information();
    double gain = information * effect * effect;
    return information == 0
        ? Double.POSITIVE_INFINITY
        : Math.sqrt((1 + gain) / gain / information * (Math.log1p(gain) - 2 * Math.log(alpha)));
  }

  private static List<ArmDay> inOrder(List<ArmDay> days) {
    List<ArmDay> ordered = new ArrayList<>(days);
    ordered.sort(Comparator.comparing(ArmDay::day));
    for (int i = 1; i < ordered.size(); i++) {
      if (ordered.get(i).day().equals(ordered.get(i - 1).day())) {
        throw new IllegalArgumentException(
            "Cannot test " + ordered.get(i).day() + " twice: expected each day once");
      }
    }

    return ordered;
  }
}
