package org.millrace.features.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TestUsualVolume {
  private static final LocalDate FIRST = LocalDate.of(2013, 1, 1);

  @Test
  void aDayOfTenTimesTheUsualRowsFails() {
    NavigableMap<LocalDate, Long> known = days(0, 90, 110, 100, 3, 5000, 105, 95);

    assertThat(UsualVolume.judge(days(7, 999), known, 10).passed()).isTrue();
    assertThat(UsualVolume.judge(days(7, 1000), known, 10))
        .hasToString(
            "TimesUsualVolume < 10.0 (value 10.0, bound < 10.0; 2013-01-08 has 1,000 rows, at"
                + " least 10 times the 100 that its days before usually have; if that is right, set a larger 'volume' in the view,"
                + " or 'volume: off')");
    assertThat(UsualVolume.judge(days(7, 1000), known, 20).passed()).isTrue();
  }

  @Test
  void fewerThanSevenDaysBeforeSayNothing() {
    assertThat(UsualVolume.judge(days(6, 1000), days(0, 1, 1, 1, 1, 1, 1), 10).passed()).isTrue();
  }

  @Test
  void onlyDaysBeforeCountAndOfThoseTheNewest() {
    NavigableMap<LocalDate, Long> known = days(0, 100, 100, 100, 100, 100, 100, 100);
    for (int day = 7; day < 35; day++) {
      known.put(FIRST.plusDays(day), 2L);
    }
    for (int day = 36; day < 99; day++) {
      known.put(FIRST.plusDays(day), 1000L);
    }

    assertThat(UsualVolume.judge(days(35, 20), known, 10).passed()).isFalse();
    assertThat(UsualVolume.judge(days(35, 19), known, 10).passed()).isTrue();
  }

  @Test
  void theDaysThemselvesCountForThoseAfterThem() {
    NavigableMap<LocalDate, Long> days = days(0, 5, 5, 5, 5, 5, 5, 5, 50, 5);

    assertThat(UsualVolume.judge(days, new TreeMap<>(), 10).reason().orElseThrow())
        .startsWith(
            "2013-01-08 has 50 rows, at least 10 times the 5 that its days before usually have;");
  }

  @Test
  void aTableThatIsEmptyOnMostDaysHasNoUsualSize() {
    assertThat(UsualVolume.judge(days(8, 5000), days(0, 0, 0, 0, 0, 0, 9, 9, 0), 10).passed())
        .isTrue();
  }

  private static NavigableMap<LocalDate, Long> days(int first, long... rows) {
    NavigableMap<LocalDate, Long> days = new TreeMap<>();
    for (int i = 0; i < rows.length; i++) {
      days.put(FIRST.plusDays(first + i), rows[i]);
    }

    return days;
  }
}
