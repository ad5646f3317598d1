package org.millrace.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestSampleSize {
  /** 2 (1.959964 + 0.841621)^2 / 0.1^2 = 1569.78. */
  @Test
  void rowsAreThoseOfTheTextbook() {
    assertThat(SampleSize.rowsPerArm(1, 0.1, 0.05, 0.8)).isEqualTo(1_570);
    // 2 (2.575829 + 1.281552)^2 0.25 / 0.02^2 = 18599.2
    assertThat(SampleSize.rowsPerArm(0.25, 0.02, 0.01, 0.9)).isEqualTo(18_600);
    assertThat(SampleSize.rowsPerArm(0, 0.1, 0.05, 0.8)).isZero();
  }

  @Test
  void unequalArmsNeedMoreRows() {
    assertThat(SampleSize.rows(1, 0.1, 0.05, 0.8, 0.5)).isEqualTo(3_140);
    // 784.888 / (0.1 * 0.9) = 8720.98
    assertThat(SampleSize.rows(1, 0.1, 0.05, 0.8, 0.1)).isEqualTo(8_721);
    assertThat(SampleSize.rows(1, 0.1, 0.05, 0.8, 0.9)).isEqualTo(8_721);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5})
  void thatManyRowsFindTheEffectAsOftenAsAsked(double share) {
    long rows = SampleSize.rows(1, 0.1, 0.05, 0.8, share);
    SplittableRandom random = new SplittableRandom(161);
    int runs = 2_000;
    int found = 0;
    for (int run = 0; run < runs; run++) {
      LossSums treatment = exponential(random, Math.round(rows * share), 0.1);
      LossSums control = exponential(random, rows - Math.round(rows * share), 0);
      double error =
          Math.sqrt(control.variance() / control.rows() + treatment.variance() / treatment.rows());
      found += Math.abs(treatment.mean() - control.mean()) > 1.96 * error ? 1 : 0;
    }

    assertThat(found / (double) runs).isBetween(0.77, 0.83);
  }

  /** Skewed, of variance 1. */
  private static LossSums exponential(SplittableRandom random, long rows, double shift) {
    double sum = 0;
    double squares = 0;
    for (long i = 0; i < rows; i++) {
      double loss = shift - Math.log1p(-random.nextDouble());
      sum += loss;
      squares += loss * loss;
    }

    return new LossSums(rows, sum, squares);
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> SampleSize.rowsPerArm(Double.NaN, 0.1, 0.05, 0.8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot plan for a variance of NaN: expected a number of at least 0");
    assertThatThrownBy(() -> SampleSize.rowsPerArm(1, 0, 0.05, 0.8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot plan for a difference of 0.0: expected a number above 0");
    assertThatThrownBy(() -> SampleSize.rowsPerArm(1, 0.1, 0, 0.8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot use alpha 0.0: expected a number between 0 and 1");
    assertThatThrownBy(() -> SampleSize.rowsPerArm(1, 0.1, 0.05, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot use power 1.0: expected a number between 0 and 1");
    assertThatThrownBy(() -> SampleSize.rows(1, 0.1, 0.05, 0.8, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot use share 1.0: expected a number between 0 and 1");
  }
}
