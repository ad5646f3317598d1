package org.millrace.jobs.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.jobs.testing.ScoringHouse.DAYS;
import static org.millrace.jobs.testing.ScoringHouse.PREDICTIONS;
import static org.millrace.jobs.testing.ScoringHouse.day;
import static org.millrace.jobs.testing.ScoringHouse.key;

import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.jobs.prediction.LookBack;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;

final class TestReplayPredictions {
  @TempDir Path directory;
  private ScoringHouse house;

  @BeforeEach
  void publish() {
    house = new ScoringHouse(directory);
    house.score(DAYS);
    house.publish(DAYS);
  }

  private JobResult replay(DayRange days, LookBack asked) {
    return TestRooms.line(
        house.context(),
        key("replay", days),
        (context, key) -> new ReplayPredictions(context, key, asked));
  }

  @Test
  void givesWhatWasPublishedWhoeverIsChampionNow() {
    house.champion("2");

    JobResult all = replay(DAYS, LookBack.ALL);

    long rows = DAYS.size() * ScoringHouse.ROWS;
    assertThat(all.counts()).containsEntry("rows_in", rows);
    assertThat(all.message())
        .isEqualTo(
            rows
                + " predictions of "
                + DAYS.size()
                + " days are bit for bit what late_flight/1 gives today");
    assertThat(
            replay(day(2), new LookBack(Map.of(), OptionalInt.of(4), OptionalInt.empty())).counts())
        .containsEntry("rows_in", 4L);
  }

  @Test
  void aScoreThatSomeoneChangedIsFound() {
    JobContext context = house.context();
    DeltaTable.forPath(context.spark(), context.lake().path(PREDICTIONS))
        .updateExpr(
            "day = DATE'2013-02-02' AND id % 10 = 3", Map.of("score", "score + 0.0000001D"));

    assertThat(replay(day(1), LookBack.ALL).counts()).containsEntry("rows_in", ScoringHouse.ROWS);
    assertThatThrownBy(() -> replay(day(2), LookBack.ALL))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("Cannot replay 2013-02-02: 1 of 10 rows are not what late_flight/1")
        .hasMessageContaining("id=13 is shown with")
        .hasMessageContaining("the spine's columns are equal");
  }

  @Test
  void anInputThatSomeoneChangedIsNamed() {
    JobContext context = house.context();
    DeltaTable.forPath(context.spark(), context.lake().path(PREDICTIONS))
        .updateExpr(
            "day = DATE'2013-02-02' AND id % 10 = 3",
            Map.of("score", "score + 0.1D", "noise", "7D"));

    assertThatThrownBy(() -> replay(day(2), LookBack.ALL))
        .hasMessageContaining("first input that differs: noise 7.0 vs 0.");
  }

  @Test
  void aRowThatIsGoneIsFound() {
    JobContext context = house.context();
    DeltaTable.forPath(context.spark(), context.lake().path(PREDICTIONS))
        .delete("day = DATE'2013-02-02' AND id % 10 = 3");

    assertThatThrownBy(() -> replay(day(2), LookBack.ALL))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("id=13 is not shown");
  }

  @Test
  void aDayThatIsNotPublishedIsSaid() {
    assertThatThrownBy(() -> replay(DayRange.of(DAYS.to().plusDays(3)), LookBack.ALL))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.INPUT_MISSING)
        .hasMessageContaining("has no predictions of");
  }
}
