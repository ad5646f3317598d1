package org.millrace.jobs.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.planning.Split;

/** Which days of a run train, and which are scored. */
final class TestSplit {
  private static final Pipeline PIPELINE =
      Pipeline.of(
          Definitions.load(TestRooms.HOME.resolve("conf"), TestRooms.HOME, new CanonicalSql()),
          "late_flight");
  private static final LocalDate FIRST = PIPELINE.training().days().from();
  private static final LocalDate LAST = PIPELINE.gate().days().to();

  @Test
  void aRangeOfAllDaysOfTrainingAndGateTrains() {
    DayRange exactly = new DayRange(FIRST, LAST);
    DayRange more = new DayRange(FIRST.minusDays(1), LAST.plusDays(9));

    assertThat(Split.trains(PIPELINE, exactly)).isTrue();
    assertThat(Split.scored(PIPELINE, exactly)).isEmpty();
    assertThat(Split.trains(PIPELINE, more)).isTrue();
    assertThat(Split.scored(PIPELINE, more))
        .contains(new DayRange(LAST.plusDays(1), LAST.plusDays(9)));
  }

  @Test
  void warnsOfDaysOfTrainingAndGateThatAreOnlyScored() {
    LocalDate lastTrained = PIPELINE.training().days().to();
    for (DayRange days :
        new DayRange[] {
          DayRange.of(FIRST),
          new DayRange(FIRST.minusDays(9), LAST.minusDays(1)),
          new DayRange(lastTrained, LAST.plusDays(9)),
          DayRange.of(LAST)
        }) {
      assertThat(Split.warning(PIPELINE, days).orElse(""))
          .startsWith(days.from() + " to " + days.to() + " hold some days of training (" + FIRST)
          .contains("nothing is trained", "--train-to", "--gate-to");
    }

    for (DayRange days :
        new DayRange[] {
          new DayRange(FIRST, LAST),
          new DayRange(FIRST.minusDays(9), FIRST.minusDays(1)),
          new DayRange(LAST.plusDays(1), LAST.plusDays(9))
        }) {
      assertThat(Split.warning(PIPELINE, days)).isEmpty();
    }
  }

  @Test
  void anyOtherRangeIsScored() {
    for (DayRange days :
        new DayRange[] {
          new DayRange(FIRST.plusDays(1), LAST.plusDays(9)),
          new DayRange(FIRST, LAST.minusDays(1)),
          DayRange.of(LAST.plusDays(1))
        }) {
      assertThat(Split.trains(PIPELINE, days)).isFalse();
      assertThat(Split.scored(PIPELINE, days)).contains(days);
    }
  }
}
