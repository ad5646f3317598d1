package org.millrace.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TestLossSums {
  @Test
  void meanAndVarianceAreThoseOfTheRows() {
    // 1, 2, 6: mean 3, squared distances 4 + 1 + 9 over 2
    LossSums sums = new LossSums(3, 9, 41);

    assertThat(sums.mean()).isEqualTo(3);
    assertThat(sums.variance()).isCloseTo(7, within(1e-12));
  }

  @Test
  void sumsAddUp() {
    assertThat(new LossSums(3, 9, 41).plus(new LossSums(1, 4, 16)))
        .isEqualTo(new LossSums(4, 13, 57));
    assertThat(LossSums.NONE.plus(new LossSums(1, 4, 16))).isEqualTo(new LossSums(1, 4, 16));
  }

  @Test
  void fewRowsHaveNoMeanOrNoVariance() {
    assertThat(LossSums.NONE.mean()).isNaN();
    assertThat(LossSums.NONE.variance()).isNaN();
    assertThat(new LossSums(1, 4, 16).variance()).isNaN();
    assertThat(new LossSums(2, 8, 32).variance()).isZero();
  }

  @Test
  void roundingMakesNoVarianceNegative() {
    double sum = 0;
    double squares = 0;
    int clipped = 0;
    for (int rows = 1; rows <= 1_000; rows++) {
      sum += 0.1;
      squares += 0.1 * 0.1;
      clipped += rows >= 2 && squares < sum / rows * sum ? 1 : 0;
      assertThat(rows < 2 || new LossSums(rows, sum, squares).variance() >= 0).isTrue();
    }

    assertThat(clipped).as("sums that would give a negative variance").isPositive();
  }

  @Test
  void aNegativeNumberOfRowsIsRefused() {
    assertThatThrownBy(() -> new LossSums(-1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot sum losses of -1 rows: the lowest is 0");
  }
}
