package org.millrace.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.registry.rollout.SequentialTest.Result;

/** 2,000 rollouts without a difference, 60 days of 300 rows, one row in ten for the treatment. */
class TestSequentialTestSimulated {
  private static final int RUNS = 2_000;
  private static final int DAYS = 60;
  private static final int ROWS = 300;
  private static final double SHARE = 0.1;
  private static final double ALPHA = 0.05;
  private static final List<List<ArmDay>> SAME = new ArrayList<>();

  @BeforeAll
  static void simulate() {
    SimulatedLosses losses = new SimulatedLosses(161);
    for (int run = 0; run < RUNS; run++) {
      SAME.add(losses.days(DAYS, ROWS, SHARE, losses::logLoss));
    }
  }

  private static double rate(Predicate<List<ArmDay>> predicate) {
    return SAME.stream().filter(predicate).count() / (double) RUNS;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.03, 0.1, 0.3})
  void aLookEachDayKeepsTheError(double effect) {
    SequentialTest test = new SequentialTest(effect);

    double wrong = rate(days -> test.after(days, ALPHA).pValue() <= ALPHA);
    assertThat(wrong).isLessThanOrEqualTo(ALPHA);
  }

  /** So that the simulation would notice a test that is not made for many looks. */
  @Test
  void aTTestLookedAtEachDayDoesNot() {
    double wrong = rate(TestSequentialTestSimulated::isFoundByTTest);
    assertThat(wrong).isGreaterThan(0.15);
  }

  private static boolean isFoundByTTest(List<ArmDay> days) {
    LossSums control = LossSums.NONE;
    LossSums treatment = LossSums.NONE;
    for (ArmDay day : days) {
      control = control.plus(day.control());
      treatment = treatment.plus(day.treatment());
      double error =
          Math.sqrt(control.variance() / control.rows() + treatment.variance() / treatment.rows());
      if (Math.abs(treatment.mean() - control.mean()) > 1.96 * error) {
        return true;
      }
    }

    return false;
  }

  @Test
  void intervalsOfAllLooksHoldTheDifferenceAtOnce() {
    double difference = 0.04;
    SequentialTest test = new SequentialTest(0.05);

    double held =
        rate(
            days -> {
              List<ArmDay> shifted = SimulatedLosses.shifted(days, difference);
              return looks(test, shifted).stream()
                  .allMatch(look -> look.low() <= difference && difference <= look.high());
            });
    assertThat(held).isGreaterThanOrEqualTo(1 - ALPHA);
  }

  @Test
  void intervalsShrinkToAUsefulWidth() {
    SequentialTest test = new SequentialTest(0.05);

    double narrow =
        rate(
            days -> {
              Result last = test.after(days, ALPHA);
              return last.high() - last.low() < 0.1;
            });
    assertThat(narrow).isGreaterThan(0.9);
  }

  private static List<Result> looks(SequentialTest test, List<ArmDay> days) {
    List<Result> looks = new ArrayList<>();
    for (int i = 1; i <= days.size(); i++) {
      looks.add(test.after(days.subList(0, i), ALPHA));
    }

    return looks;
  }

  /** Of the rows that one look at the end needs, 1.8 times as many. */
  @ParameterizedTest
  @ValueSource(doubles = {-0.06, 0.06})
  void anEffectIsFoundInTime(double effect) {
    SequentialTest test = new SequentialTest(0.05);
    double rows = SampleSize.rows(0.30, Math.abs(effect), ALPHA, 0.8, SHARE);
    int enough = (int) Math.ceil(1.8 * rows / ROWS);

    double found =
        rate(
            days -> {
              List<ArmDay> shifted = SimulatedLosses.shifted(days.subList(0, enough), effect);
              return test.after(shifted, ALPHA).pValue() <= ALPHA;
            });

    assertThat(enough).isBetween(40, DAYS);
    assertThat(found).isGreaterThanOrEqualTo(0.8);
  }

  /** Far from normal, with 30 rows a day in the treatment: within what 2,000 runs can show. */
  @Test
  void aLookEachDayKeepsTheErrorForRareErrorsAndHeavyTails() {
    SimulatedLosses losses = new SimulatedLosses(162);
    double limit = ALPHA + 2 * Math.sqrt(ALPHA * (1 - ALPHA) / RUNS);

    assertThat(wrong(0.01, () -> losses.days(DAYS, ROWS, SHARE, losses::rareError)))
        .isLessThan(limit);
    assertThat(wrong(0.3, () -> losses.days(DAYS, ROWS, SHARE, losses::heavyTail)))
        .isLessThan(limit);
  }

  /** The arm that looks better gets nine rows in ten. */
  @Test
  void sharesThatFollowFromEarlierDaysKeepTheError() {
    SimulatedLosses losses = new SimulatedLosses(163);
    SequentialTest test = new SequentialTest(0.05);
    ToDoubleFunction<List<ArmDay>> shares =
        earlier -> test.after(earlier, ALPHA).difference() < 0 ? 1 - SHARE : SHARE;

    assertThat(wrong(0.05, () -> losses.days(DAYS, ROWS, shares, losses::logLoss)))
        .isLessThanOrEqualTo(ALPHA);
  }

  private static double wrong(double effect, Supplier<List<ArmDay>> rollouts) {
    SequentialTest test = new SequentialTest(effect);
    int wrong = 0;
    for (int run = 0; run < RUNS; run++) {
      wrong += test.after(rollouts.get(), ALPHA).pValue() <= ALPHA ? 1 : 0;
    }

    return wrong / (double) RUNS;
  }
}
