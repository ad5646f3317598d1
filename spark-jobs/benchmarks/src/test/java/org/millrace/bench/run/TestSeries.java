package org.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TestSeries {
  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    assertThat(Series.Spread.of(4, 1, 3, 2)).isEqualTo(new Series.Spread(2.5, 1, 4));
    assertThat(Series.Spread.of(9, 1, 2)).isEqualTo(new Series.Spread(2, 1, 9));
    assertThat(Series.Spread.of(7)).isEqualTo(new Series.Spread(7, 7, 7));
  }

  @Test
  void throughputAndCpuAreOfAMillionRows() {
    Series series = new Series(List.of(round(2, 3), round(1, 2), round(4, 4)));

    assertThat(series.throughput()).isEqualTo(new Series.Spread(2, 1, 4));
    assertThat(series.cpu().median()).isCloseTo(0.75, within(1e-12));
    assertThat(series.seconds()).isEqualTo(new Series.Spread(2, 1, 4));
  }

  @Test
  void noRoundIsNoSeries() {
    assertThatThrownBy(() -> new Series(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot sum up a contender: it ran no round");
  }

  @Test
  void aRoundWithoutTimeOrRowsIsRefused() {
    assertThatThrownBy(() -> new Round(0, 1, 5, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot use a round of 0.0 seconds and 5 rows: both must be above 0");
    assertThatThrownBy(() -> new Round(Double.NaN, 1, 5, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN seconds");
    assertThatThrownBy(() -> new Round(1, 1, 0, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 rows");
  }

  private static Round round(double seconds, double cpuSeconds) {
    return new Round(seconds, cpuSeconds, 4_000_000, Map.of());
  }
}
