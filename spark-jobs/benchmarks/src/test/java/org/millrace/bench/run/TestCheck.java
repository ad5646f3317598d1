package org.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TestCheck {
  private static final Check REFERENCE = new Check(100, 50, 20_000, 50);

  @Test
  void sumsWithinTheToleranceAgree() {
    assertThat(REFERENCE.agrees(new Check(100, 50 + 4e-5, 20_000 + 4e-2, 50), 1e-6)).isTrue();
    assertThat(REFERENCE.agrees(new Check(100, 50 + 6e-5, 20_000, 50), 1e-6)).isFalse();
  }

  @Test
  void swappedRowsShowInTheWeights() {
    assertThat(REFERENCE.agrees(new Check(100, 50, 20_001, 50), 1e-6)).isFalse();
  }

  @Test
  void otherRowsOrNoSumNeverAgree() {
    assertThat(REFERENCE.agrees(new Check(99, 50, 20_000, 50), 1e-6)).isFalse();
    assertThat(REFERENCE.agrees(new Check(100, Double.NaN, 20_000, 50), 1e-6)).isFalse();
  }
}
