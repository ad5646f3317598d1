package org.millrace.features.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of a raw day's fingerprint, each compared alone. */
class TestDayFingerprint {
  private static final String DEFINITION = "0123456789abcdef0123456789abcdef";

  @ParameterizedTest
  @CsvSource({
    "1-0123456789abcdef-a, 1-0123456789abcdef-a, true, false",
    "1-0123456789abcdef-a, 1-0123456789abcdef-b, false, true",
    "1-0123456789abcdef-a, 1-ffffffffffffffff-a, true, false",
    "1-0123456789abcdef-a, 1-ffffffffffffffff-b, false, false",
    "of an older form, 1-0123456789abcdef-a, false, true",
    "of an older form, of an older form, false, false",
  })
  void saysWhatDiffers(String before, String now, boolean areEqualRows, boolean areNewRows) {
    assertThat(DayFingerprint.areOfEqualRows(before, now)).isEqualTo(areEqualRows);
    assertThat(DayFingerprint.isOfNewRows(before, now)).isEqualTo(areNewRows);
  }

  @Test
  void namesItsDefinition() {
    assertThat(DayFingerprint.isOfAnotherDefinition(DEFINITION, "1-0123456789abcdef-a")).isFalse();
    assertThat(DayFingerprint.isOfAnotherDefinition(DEFINITION, "1-ffffffffffffffff-a")).isTrue();
    assertThat(DayFingerprint.isOfAnotherDefinition(DEFINITION, "of an older form")).isFalse();
  }
}
