package org.millrace.jobs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.contracts.FaultPoint;
import org.millrace.jobs.faults.FaultCell.Situation;
import org.millrace.jobs.faults.FaultCell.Way;

/**
 * Each fault point of each room once, in the situations by turns, and some that cost a process;
 * {@code bin/chaos} tries all situations at all their points.
 */
@Tag("slow")
class TestFaults {
  private static FaultBase base;

  @BeforeAll
  static void build() {
    base = FaultBase.shared();
  }

  @Test
  void theBaseIsSound() {
    LakeChecker.Found found = base.copy("sound").check();

    assertThat(found.problems()).isEmpty();
    assertThat(found.unfinished()).isEmpty();
  }

  @Test
  void theSampleHasEachPointAndEachSituationOfRooms() {
    List<FaultCell> sample = FaultMatrix.sample();

    assertThat(sample)
        .extracting(cell -> FaultPoint.valueOf(cell.fault().split("[:#]", 2)[0]))
        .containsAll(
            EnumSet.complementOf(
                // a process each, below; TestKilledTraining
                EnumSet.of(FaultPoint.AFTER_LEASE, FaultPoint.AFTER_REGISTER)));
    assertThat(sample)
        .as("before and after a commit, of both that commit predictions")
        .filteredOn(cell -> cell.fault().endsWith("_COMMIT:predictions.m"))
        .hasSize(4);
    assertThat(sample)
        .extracting(FaultCell::situation)
        .containsAll(EnumSet.complementOf(EnumSet.of(Situation.CATCH_UP, Situation.RESTATE)));
  }

  static List<FaultCell> sample() {
    return FaultMatrix.sample();
  }

  @ParameterizedTest
  @MethodSource("sample")
  void theSameCommandMakesItWhole(FaultCell cell) {
    assertThat(cell.problems(base)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "FIRST_RUN, AFTER_LEASE:publish",
    "UNPUBLISH, AFTER_COMMIT:predictions.m",
    "CATCH_UP, BEFORE_LEDGER:features.e",
    "RESTATE, AFTER_COMMIT:predictions.m",
  })
  void theSameCommandMakesItWholeAfterAProcessHalts(Situation situation, String fault) {
    assertThat(new FaultCell(situation, fault, Way.HALT).problems(base)).isEmpty();
  }

  /** Finding 1c: the ledger still said "done", and the table had the other definition's rows. */
  @ParameterizedTest
  @CsvSource({"AFTER_COMMIT:features.e, ERROR", "BEFORE_LEDGER:raw.events, ERROR"})
  void keepsOneDefinitionsRowsWhenItIsTakenBackAfterAKill(String fault, Way way) {
    assertThat(new FaultCell(Situation.TAKEN_BACK, fault, way).problems(base)).isEmpty();
  }
}
