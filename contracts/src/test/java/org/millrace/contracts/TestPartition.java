package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestPartition {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2013-12-01",
        "2013-12-01T00-05:00",
        "2013-11-03T01-04:00", // the two hours of a clock that is set back
        "2013-11-03T01-05:00",
        "2013-12-01T05+05:30",
        "2013-12-01T23+00:00",
        "whole"
      })
  void textIsReadBackAsItWas(String text) {
    Partition partition = Partition.parse(text);

    assertThat(partition.text()).isEqualTo(text);
    assertThat(partition).hasToString(text);
    assertThat(Json.write(partition)).isEqualTo('"' + text + '"');
    assertThat(Json.read('"' + text + '"', Partition.class)).isEqualTo(partition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2013-12-1",
        "2013-02-30",
        "Whole",
        "2013-12-01T05",
        "2013-12-01T5-05:00",
        "2013-12-01T05:30-05:00",
        "2013-12-01T25-05:00",
        "2013-12-01T05Z"
      })
  void textOfNoFormIsRefused(String text) {
    assertThatThrownBy(() -> Partition.parse(text))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessage("Cannot read the partition '" + text + "': expected a day, an hour or 'whole'");
  }

  @Test
  void orderIsThatOfTimeAndTheWholeIsLast() {
    List<String> inOrder =
        List.of(
            "2013-11-02",
            "2013-11-03",
            "2013-11-03T00-04:00",
            "2013-11-03T01-04:00",
            "2013-11-03T01-05:00",
            "2013-11-03T02-05:00",
            "2013-11-04",
            "whole");

    assertThat(new TreeSet<>(inOrder.stream().map(Partition::parse).toList()))
        .extracting(Partition::text)
        .containsExactlyElementsOf(inOrder);
  }

  @Test
  void orderIsThatOfTimeEastOfGreenwichToo() {
    // Berlin set its clock back at 03:00 summer time
    List<String> inOrder =
        List.of("2013-10-27T01+02:00", "2013-10-27T02+02:00", "2013-10-27T02+01:00");

    assertThat(new TreeSet<>(inOrder.stream().map(Partition::parse).toList()))
        .extracting(Partition::text)
        .containsExactlyElementsOf(inOrder);
  }

  @Test
  void anHourIsFull() {
    assertThatThrownBy(() -> new Partition.Hour(OffsetDateTime.parse("2013-12-01T05:30:00-05:00")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot use 2013-12-01T05:30-05:00 as an hour: it is not full");
  }
}
