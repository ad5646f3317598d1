package org.millrace.jobs.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.DayRange;

final class TestTimeSplit {
  private static final LocalDate FIRST = LocalDate.parse("2024-01-01");

  @Test
  void leavesTheDaysThatALabelNeedsBetweenTrainingAndGate() {
    // 150 days, whose last 30 have no labels yet; 12 of the others come after the gate's
    TimeSplit split = TimeSplit.of(days(150), FIRST.plusDays(149), 30);

    assertThat(split.training()).isEqualTo(days(54));
    assertThat(split.gate()).isEqualTo(new DayRange(FIRST.plusDays(84), FIRST.plusDays(107)));
  }

  @Test
  void noLabelOfAnyDayIsUnknownWhenItIsNeeded() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1_000; i++) {
      int labelDays = random.nextInt(60);
      int count = 2 * labelDays + 2 + random.nextInt(200);
      int known = count - 1 + random.nextInt(40);
      TimeSplit split = TimeSplit.of(days(count), FIRST.plusDays(known), labelDays);

      assertThat(split.training().from()).isEqualTo(FIRST);
      assertThat(split.training().to().plusDays(labelDays)).isBefore(split.gate().from());
      assertThat(split.gate().to().plusDays(labelDays)).isBeforeOrEqualTo(days(count).to());
    }
  }

  @Test
  void tooFewDaysAreRefusedWithTheirNumber() {
    assertThatThrownBy(() -> TimeSplit.of(days(61), FIRST.plusDays(60), 30))
        .hasMessageContaining("it has 61 days with labels until 2024-03-01, and 62 are needed");
    assertThatThrownBy(() -> TimeSplit.of(days(200), FIRST.plusDays(10), 30))
        .hasMessageContaining("it has 11 days with labels until 2024-01-11");
    assertThat(TimeSplit.of(days(62), FIRST.plusDays(61), 30).training()).isEqualTo(days(1));
  }

  private static DayRange days(int count) {
    return new DayRange(FIRST, FIRST.plusDays(count - 1L));
  }
}
