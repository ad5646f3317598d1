package org.millrace.features.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TestTextValue {
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  @Test
  void wholeNumbersAreExactOrRefused() throws TextValue.Unreadable {
    assertThat(whole("9007199254740993")).isEqualTo(9_007_199_254_740_993L);
    assertThat(whole(" -7 ")).isEqualTo(-7);
    assertThat(whole("007")).isEqualTo(7);
    assertThat(whole("12.0")).as("beside nulls, pandas writes this").isEqualTo(12);
    assertThat(whole("1e3")).isEqualTo(1000);
    assertUnreadable(
        () -> whole("9223372036854775808"), "no whole number from -9223372036854775808");
    assertUnreadable(() -> whole("1.5"), "no whole number");
    assertUnreadable(() -> whole("1D"), "it is no number");
    assertUnreadable(() -> whole("0x10"), "it is no number");
    assertUnreadable(() -> whole("1,000"), "it is no number");
    assertUnreadable(() -> TextValue.whole("128", Byte.MIN_VALUE, Byte.MAX_VALUE), "-128 to 127");
  }

  @Test
  void numbersAreWrittenInDigits() throws TextValue.Unreadable {
    assertThat(TextValue.number("-1.5e-3")).isEqualTo(-0.0015);
    assertThat(TextValue.number(".5")).isEqualTo(0.5);
    assertThat(TextValue.number("NaN")).isNaN();
    assertThat(TextValue.number("-inf")).isEqualTo(Double.NEGATIVE_INFINITY);
    assertUnreadable(() -> TextValue.number("2F"), "it is no number");
    assertUnreadable(() -> TextValue.number("1e400"), "it is too great");
    assertUnreadable(() -> TextValue.single("1e39"), "it is too great");
    assertThat(TextValue.single("0.1")).isEqualTo(0.1f);
    assertUnreadable(() -> TextValue.number("1.5.2"), "it is no number");
    assertThat(TextValue.decimal("1.50", 9, 2)).isEqualTo(new BigDecimal("1.50"));
    assertThat(TextValue.decimal("1.5000", 9, 2)).isEqualTo(new BigDecimal("1.50"));
    assertUnreadable(() -> TextValue.decimal("1.505", 9, 2), "do not fit DECIMAL(9,2)");
    assertUnreadable(() -> TextValue.decimal("12345678.00", 9, 2), "do not fit DECIMAL(9,2)");
  }

  @Test
  void timesAreInstantsOfTheirZoneOrTheGivenOne() throws TextValue.Unreadable {
    Instant five = Instant.parse("2024-03-01T05:00:00Z");
    for (String text :
        new String[] {
          "2024-03-01T05:00:00Z",
          "2024-03-01 05:00:00+00:00",
          "2024-03-01 05:00 UTC",
          "2024-03-01T00:00:00-0500",
          "2024-03-01 06:00:00.000000000 +01",
        }) {
      assertThat(TextValue.instant(text, NEW_YORK)).as(text).isEqualTo(five);
    }

    assertThat(TextValue.instant("2024-03-01 00:00:00", NEW_YORK)).isEqualTo(five);
    assertThat(TextValue.instant("2024-03-01", NEW_YORK)).as("a day begins").isEqualTo(five);
    assertThat(TextValue.instant("2024-11-03 01:30", NEW_YORK))
        .as("the earlier of two")
        .isEqualTo(Instant.parse("2024-11-03T05:30:00Z"));
    assertUnreadable(
        () -> TextValue.instant("2024-03-10 02:30", NEW_YORK),
        "clocks of America/New_York skip that time");
    assertThat(TextValue.instant("0001-01-01T00:00:00.000001Z", ZoneOffset.UTC))
        .isEqualTo(Instant.parse("0001-01-01T00:00:00.000001Z"));
    assertUnreadable(
        () -> TextValue.instant("2024-03-01T05:00:00.000000001Z", ZoneOffset.UTC),
        "below a microsecond would be lost");
    assertUnreadable(
        () -> TextValue.instant("2024-03-01 05:00+99", ZoneOffset.UTC), "no zone is +99 from UTC");
    assertUnreadable(() -> TextValue.instant("01/03/2024", ZoneOffset.UTC), "it is no time such");
    assertUnreadable(() -> TextValue.instant("2024-02-30 01:00", ZoneOffset.UTC), "no such date");
  }

  @Test
  void aTimeOfNoZoneHasNone() throws TextValue.Unreadable {
    assertThat(TextValue.local("2024-03-10 02:30")).isEqualTo(LocalDateTime.of(2024, 3, 10, 2, 30));
    assertUnreadable(() -> TextValue.local("2024-03-10 02:30Z"), "names a zone");
  }

  private static long whole(String text) throws TextValue.Unreadable {
    return TextValue.whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static void assertUnreadable(ThrowingCallable call, String why) {
    assertThatThrownBy(call).isInstanceOf(TextValue.Unreadable.class).hasMessageContaining(why);
  }
}
