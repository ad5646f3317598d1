package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeSet;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestReferences {
  private static final LocalDate FIRST = LocalDate.of(2013, 2, 27);
  private static final LocalDate LAST = LocalDate.of(2013, 3, 1);

  @TempDir Path directory;

  @Test
  void rangeHoldsBothEnds() {
    DayRange range = new DayRange(FIRST, LAST);

    assertThat(range.days()).containsExactly(FIRST, LocalDate.of(2013, 2, 28), LAST);
    assertThat(range.size()).isEqualTo(3);
    assertThat(range.contains(FIRST)).isTrue();
    assertThat(range.contains(LAST)).isTrue();
    assertThat(range.contains(FIRST.minusDays(1))).isFalse();
    assertThat(range.contains(LAST.plusDays(1))).isFalse();
    assertThat(range.startingEarlier(2)).isEqualTo(new DayRange(LocalDate.of(2013, 2, 25), LAST));
  }

  @Test
  void rangeOfOneDayPrintsThatDay() {
    assertThat(DayRange.of(FIRST)).hasToString("2013-02-27");
    assertThat(DayRange.of(FIRST).size()).isOne();
    assertThat(new DayRange(FIRST, LAST)).hasToString("2013-02-27_2013-03-01");
  }

  @Test
  void rangesCoverExactlyTheDaysTheyAreMadeOf() {
    assertThat(DayRange.covering(new TreeSet<>())).isEmpty();
    assertThat(
            DayRange.covering(
                new TreeSet<>(List.of(LAST, LAST.minusDays(1), LAST.plusDays(2), FIRST))))
        .containsExactly(new DayRange(FIRST, LAST), DayRange.of(LAST.plusDays(2)));
  }

  @Test
  void rangeRefusesALastDayBeforeTheFirst() {
    assertThatThrownBy(() -> new DayRange(LAST, FIRST))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot use days 2013-03-01 to 2013-02-27: the last day is before the first")
        .asInstanceOf(InstanceOfAssertFactories.type(MillraceException.class))
        .extracting(MillraceException::category)
        .isEqualTo(ErrorCategory.DEFINITION);
  }

  @Test
  void runKeyNamesPipelineRoomAndDays() {
    assertThat(new RunKey("late_flight", "training-set", new DayRange(FIRST, LAST)))
        .hasToString("late_flight.training-set.2013-02-27_2013-03-01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "late flight", "late.flight", "late'flight", "späte"})
  void runKeyRefusesWordsThatSearchesCannotQuote(String word) {
    assertThatThrownBy(() -> new RunKey(word, "score", DayRange.of(FIRST)))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot name a run " + word + ".score: a word is 1 to 80 letters, digits, '_' or '-'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "m.publish",
        "m.publish.2013-13-01",
        "m.publish.2013-02-30",
        "m.publish.2013-02-01_2013-02-30",
        "m.publish.2013-12-02_2013-12-01"
      })
  void textsThatNoRunKeyPrintsAreNone(String text) {
    assertThat(RunKey.parse(text)).isEmpty();
  }

  @Test
  void runKeyReadsWhatItPrints() {
    RunKey key = new RunKey("late_flight", "training-set", new DayRange(FIRST, LAST));
    assertThat(RunKey.parse(key.toString())).contains(key);
  }

  @Test
  void tableVersionPrintsNameAndNumber() {
    assertThat(new TableVersion("raw.flights", "/lake/raw.db/flights", 12))
        .hasToString("raw.flights@v12");
    assertThatThrownBy(() -> new TableVersion("raw.flights", "/lake/raw.db/flights", -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot pin raw.flights to version -1: the lowest is 0");
  }

  @Test
  void digestIsSha256() throws IOException {
    // the one-block example of FIPS 180-4
    String abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    Path file = Files.writeString(directory.resolve("abc"), "abc");

    assertThat(Digest.sha256("abc".getBytes(StandardCharsets.UTF_8))).isEqualTo(abc);
    assertThat(Digest.sha256(file)).isEqualTo(abc);
  }

  @Test
  void digestOfPartsKnowsWhereEachPartEnds() {
    assertThat(
            List.of(Digest.sha256("ab", "c"), Digest.sha256("a", "bc"), Digest.sha256("abc", "")))
        .doesNotHaveDuplicates();
  }

  @Test
  void digestNamesAFileThatCannotBeRead() {
    Path absent = directory.resolve("absent");

    assertThatThrownBy(() -> Digest.sha256(absent))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot read " + absent + ": ")
        .asInstanceOf(InstanceOfAssertFactories.type(MillraceException.class))
        .extracting(MillraceException::category)
        .isEqualTo(ErrorCategory.INPUT_MISSING);
  }
}
