package org.millrace.jobs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.jobs.faults.FaultCell.Situation;
import org.millrace.jobs.faults.FaultCell.Way;

/** Of each situation one cell at least; {@code bin/chaos} tries all. */
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

  @ParameterizedTest
  @CsvSource({
    "FIRST_RUN, AFTER_STAGING_WRITE:features.e, ERROR",
    "FIRST_RUN, AFTER_COMMIT:predictions.m, HALT",
    "TWICE, AFTER_VIEWS:predictions.m, ERROR",
    "TWO_AT_ONCE, BEFORE_COMMIT:predictions.m, ERROR",
    "BACKFILL, AFTER_LEDGER:predictions.m, ERROR",
    "UNPUBLISH, AFTER_COMMIT:predictions.m, HALT",
    "UNPUBLISH, AFTER_LEDGER:predictions.m, ERROR",
    "GATE, AFTER_ALIAS, ERROR",
    "TRAINING_SET, AFTER_COMMIT:training.late_flight, ERROR",
  })
  void theSameCommandMakesItWhole(Situation situation, String fault, Way way) {
    assertThat(new FaultCell(situation, fault, way).problems(base)).isEmpty();
  }

  /** Finding 1c: the ledger still said "done", and the table had the other definition's rows. */
  @ParameterizedTest
  @CsvSource("AFTER_COMMIT:features.e, ERROR")
  void keepsOneDefinitionsRowsWhenItIsTakenBackAfterAKill(String fault, Way way) {
    assertThat(new FaultCell(Situation.TAKEN_BACK, fault, way).problems(base)).isEmpty();
  }
}
