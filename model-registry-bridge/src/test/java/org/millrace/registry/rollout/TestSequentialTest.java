package org.millrace.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.registry.rollout.SequentialTest.Result;

class TestSequentialTest {
  private static final LocalDate DAY = LocalDate.of(2013, 12, 1);
  private static final SequentialTest TEST = new SequentialTest(0.05);

  private static final ArmDay FIRST = new ArmDay(DAY, sums(400, 0.40, 0.20), sums(200, 0.34, 0.10));
  private static final ArmDay SECOND =
      new ArmDay(DAY.plusDays(1), sums(300, 0.50, 0.30), sums(300, 0.48, 0.15));

  private static LossSums sums(long rows, double mean, double variance) {
    return new LossSums(rows, rows * mean, (rows - 1) * variance + rows * mean * mean);
  }

  private static ArmDay day(int number, double difference) {
    return new ArmDay(
        DAY.plusDays(number), sums(500, 0.40, 0.20), sums(500, 0.40 + difference, 0.20));
  }

  private static boolean isOutside(Result result) {
    return result.low() > 0 || result.high() < 0;
  }

  /**
   * Weights 400 * 200 / 600 and 300 * 300 / 600; variances 0.1 / 200 + 0.2 / 400 and 0.15 / 300 +
   * 0.3 / 300; so the difference is -11 / 283.33 and its variance 51.528 / 283.33^2.
   */
  @Test
  void twoDaysGiveTheNumbersOfTheFormulas() {
    Result result = TEST.after(List.of(FIRST, SECOND), 0.05);

    assertThat(result.difference()).isCloseTo(-0.038823529411764715, within(1e-12));
    assertThat(result.pValue()).isCloseTo(0.8692179327094004, within(1e-9));
    assertThat(result.low()).isCloseTo(-0.11701722261573949, within(1e-9));
    assertThat(result.high()).isCloseTo(0.03937016379221006, within(1e-9));
    assertThat(result.rows()).isEqualTo(1_200);
    assertThat(result.days()).isEqualTo(2);
    assertThat(TEST.after(List.of(SECOND, FIRST), 0.05)).as("in any order").isEqualTo(result);
  }

  @Test
  void theLowestPValueStaysAndTheIntervalIsTheNewest() {
    List<ArmDay> days = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      days.add(day(i, 0.08));
    }

    Result clear = TEST.after(days, 0.05);
    assertThat(clear.pValue()).isLessThan(0.001);
    assertThat(isOutside(clear)).isTrue();

    for (int i = 10; i < 20; i++) {
      days.add(day(i, -0.08));
    }

    Result gone = TEST.after(days, 0.05);
    assertThat(gone.pValue()).isEqualTo(clear.pValue());
    assertThat(gone.difference()).isCloseTo(0, within(1e-9));
    assertThat(isOutside(gone)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.01, 0.05, 0.2})
  void zeroIsOutsideExactlyWhereThePValueReachesAlpha(double alpha) {
    int reached = 0;
    for (double difference = -0.15; difference < 0.15; difference += 0.0007) {
      Result result = TEST.after(List.of(day(0, difference)), alpha);

      assertThat(isOutside(result)).isEqualTo(result.pValue() <= alpha);
      reached += isOutside(result) ? 1 : 0;
    }

    assertThat(reached).isBetween(1, 427);
  }

  @Test
  void whatTheArmsOfADayShareCancels() {
    ArmDay stormy =
        new ArmDay(
            SECOND.day(),
            SimulatedLosses.shifted(SECOND.control(), 3),
            SimulatedLosses.shifted(SECOND.treatment(), 3));

    Result calm = TEST.after(List.of(FIRST, SECOND), 0.05);
    Result storm = TEST.after(List.of(FIRST, stormy), 0.05);

    assertThat(storm.difference()).isCloseTo(calm.difference(), within(1e-9));
    assertThat(storm.pValue()).isCloseTo(calm.pValue(), within(1e-9));
  }

  @Test
  void nothingIsConcludedFromFewRows() {
    ArmDay few = new ArmDay(DAY, sums(3_000, 0.40, 0.2), sums(299, 0.90, 0.2));
    Result before = TEST.after(List.of(few), 0.05);

    assertThat(before.pValue()).isOne();
    assertThat(before.difference()).isCloseTo(0.5, within(1e-9));
    assertThat(before.low()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(before.high()).isEqualTo(Double.POSITIVE_INFINITY);

    ArmDay enough = new ArmDay(DAY, sums(3_000, 0.40, 0.2), sums(300, 0.90, 0.2));
    assertThat(TEST.after(List.of(enough), 0.05).pValue()).isLessThan(1e-6);
    assertThat(TEST.after(List.of(enough), 0.05).low()).isBetween(0.3, 0.5);
  }

  @Test
  void noDaysShowNothing() {
    Result none = TEST.after(List.of(), 0.05);

    assertThat(none.pValue()).isOne();
    assertThat(none.difference()).isNaN();
    assertThat(none.low()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(none.high()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(none.rows()).isZero();
    assertThat(none.days()).isZero();
  }

  @Test
  void daysWithoutAVarianceOrWithLossesThatAreNotFiniteAreLeftOut() {
    Result expected = TEST.after(List.of(FIRST, SECOND), 0.05);
    ArmDay single = new ArmDay(DAY.plusDays(2), sums(500, 0.4, 0.2), new LossSums(1, 9, 81));
    ArmDay none = new ArmDay(DAY.plusDays(3), sums(500, 0.4, 0.2), LossSums.NONE);
    ArmDay infinite =
        new ArmDay(
            DAY.plusDays(4),
            sums(500, 0.4, 0.2),
            new LossSums(500, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY));

    assertThat(TEST.after(List.of(FIRST, SECOND, single, none, infinite), 0.05))
        .isEqualTo(expected);
  }

  @Test
  void lossesThatNeverVaryShowNothing() {
    ArmDay equal = new ArmDay(DAY, new LossSums(500, 0, 0), new LossSums(500, 0, 0));
    ArmDay apart = new ArmDay(DAY, new LossSums(500, 0, 0), new LossSums(500, 500, 500));

    assertThat(TEST.after(List.of(equal), 0.05).pValue()).isOne();
    assertThat(TEST.after(List.of(apart), 0.05).pValue()).isOne();
    assertThat(TEST.after(List.of(apart), 0.05).low()).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void aDayWithoutADifferenceOrAVarianceDilutesTheOthers() {
    ArmDay equal = new ArmDay(DAY.plusDays(2), new LossSums(300, 0, 0), new LossSums(300, 0, 0));

    // 150 effective rows more
    assertThat(TEST.after(List.of(FIRST, SECOND, equal), 0.05).difference())
        .isCloseTo(-11 / (850.0 / 3 + 150), within(1e-12));
  }

  @Test
  void veryClearDifferencesStayNumbers() {
    ArmDay clear = new ArmDay(DAY, sums(1_000_000, 0, 1e-12), sums(1_000_000, 1e6, 1e-12));

    Result result = new SequentialTest(1e-9).after(List.of(clear), 0.05);

    assertThat(result.pValue()).isBetween(0.0, 1e-300);
    assertThat(result.low()).isCloseTo(1e6, within(1.0));
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new SequentialTest(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot test for a difference of 0.0: expected a number above 0");
    assertThatThrownBy(() -> TEST.after(List.of(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot use alpha 1.0: expected a number between 0 and 1");
    assertThatThrownBy(() -> TEST.after(Collections.nCopies(2, FIRST), 0.05))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot test 2013-12-01 twice: expected each day once");
  }
}
