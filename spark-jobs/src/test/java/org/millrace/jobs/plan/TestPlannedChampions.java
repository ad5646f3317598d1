package org.millrace.jobs.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;

/** Who scores the days of a plan, and what is said of it. */
@Tag("slow")
class TestPlannedChampions {
  @TempDir Path directory;

  private PlannedChampions champions(JobContext context) {
    return new PlannedChampions(
        context.pipeline(),
        context.registry(),
        ModelCache.of(context.lake(), context.progress()),
        context.lake().logs());
  }

  @Test
  void aFailOfTheChampionIsANoteOfThePlan() {
    ScoringHouse house = new ScoringHouse(directory);
    PlannedChampions unjudged = champions(house.context());
    unjudged.scorers(Champions.NOW);
    assertThat(unjudged.notes()).isEmpty();
    house.judge("1", Verdict.FAIL, "auc 0.4 is below the minimum 0.5");

    PlannedChampions failed = champions(house.context());
    failed.scorers(Champions.NOW);

    assertThat(failed.notes())
        .singleElement()
        .asString()
        .startsWith("the newest verdict on late_flight/1 is FAIL, given at ")
        .endsWith(": auc 0.4 is below the minimum 0.5");
  }
}
