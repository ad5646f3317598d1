package org.millrace.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.definition.FallBack;
import org.millrace.contracts.definition.GateDefinition.Range;

final class TestJudgeChampion {
  private static final LocalDate FIRST = LocalDate.parse("2013-12-01");
  private static final FallBack RULES =
      new FallBack(
          Map.of(
              "auc", new Range(Optional.of(0.6), Optional.empty()),
              "log_loss", new Range(Optional.empty(), Optional.of(0.8))),
          2,
          3);

  private static NavigableMap<LocalDate, Map<String, Double>> aucs(double... values) {
    NavigableMap<LocalDate, Map<String, Double>> quality = new TreeMap<>();
    for (int day = 0; day < values.length; day++) {
      quality.put(FIRST.plusDays(day), Map.of("auc", values[day], "log_loss", 0.5));
    }

    return quality;
  }

  @Test
  void someOfTheLastDaysDecide() {
    assertThat(JudgeChampion.reason(RULES, aucs())).isEmpty();
    assertThat(JudgeChampion.reason(RULES, aucs(0.5))).isEmpty();
    assertThat(JudgeChampion.reason(RULES, aucs(0.5, 0.7, 0.5)))
        .contains(
            "2 of the last 3 judged days lie outside: 2013-12-03 auc 0.5 is less than 0.6,"
                + " 2013-12-01 auc 0.5 is less than 0.6");
    assertThat(JudgeChampion.reason(RULES, aucs(0.5, 0.7, 0.7, 0.5)))
        .as("the first day is too long ago")
        .isEmpty();
    assertThat(JudgeChampion.reason(RULES, aucs(0.6, 0.6, 0.6))).as("on the bound").isEmpty();
  }

  @Test
  void aDayCountsOnceAndWhatIsNotKnownDoesNotCount() {
    NavigableMap<LocalDate, Map<String, Double>> quality = new TreeMap<>();
    quality.put(FIRST, Map.of("auc", 0.5, "log_loss", 0.9));
    quality.put(FIRST.plusDays(1), Map.of("auc", Double.NaN));
    assertThat(JudgeChampion.reason(RULES, quality)).isEmpty();

    quality.put(FIRST.plusDays(2), Map.of("auc", 0.7, "log_loss", 0.9));
    assertThat(JudgeChampion.reason(RULES, quality))
        .contains(
            "2 of the last 3 judged days lie outside: 2013-12-03 log_loss 0.9 is more than 0.8,"
                + " 2013-12-01 auc 0.5 is less than 0.6");
  }
}
