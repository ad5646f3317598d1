package org.millrace.jobs.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ArmedFault;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.jobs.evaluate.EvaluationTable;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Progress;
import org.millrace.jobs.testing.GateHouse;
import org.millrace.jobs.testing.LostLease;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.testing.InMemoryRegistry;

/** A gate that stood still until another run took its lease over: it decides and moves nothing. */
@Tag("slow")
class TestLostLease {
  private static final RunKey KEY = TestRooms.key("gate", "2013-01-01", "2013-01-20");

  @TempDir Path home;

  private GateHouse house;
  private String candidate = "";

  @BeforeEach
  void build() {
    house = new GateHouse(home);
    candidate = house.candidate(1, 0.1);
  }

  private void assertBusy(JobContext context) {
    assertThatThrownBy(() -> house.decide(context))
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.BUSY))
        .hasMessageContaining("the lease was taken over by another run");
  }

  @Test
  void noVerdictIsKept() {
    JobContext plain = house.context();
    Progress untilJudged =
        (room, text) -> {
          if (text.contains("BOOTSTRAP")) {
            LostLease.takeOver(plain, KEY, Verb.GATE);
          }
        };

    assertBusy(house.context(new InMemoryRegistry(house.store), untilJudged));

    assertThat(house.verdicts()).isEmpty();
    assertThat(plain.lake().exists(EvaluationTable.TABLE)).isFalse();
    assertThat(house.runVerdicts(candidate)).isEmpty();
    assertThat(house.tag(candidate, "verdict")).isEqualTo("none");
    assertNextRunDecides();
  }

  @Test
  void noAliasIsMoved() {
    JobContext context = house.context();

    ArmedFault.during(
        "BEFORE_ALIAS:late_flight",
        () -> LostLease.takeOver(context, KEY, Verb.GATE),
        () -> assertBusy(context));

    assertThat(house.champion()).isEqualTo("none");
    assertThat(house.ledger()).isEqualTo("none");
    assertNextRunDecides();
  }

  @Test
  void nothingIsSaidToTheLedger() {
    JobContext context = house.context();

    ArmedFault.during(
        "AFTER_ALIAS:late_flight",
        () -> LostLease.takeOver(context, KEY, Verb.GATE),
        () -> assertBusy(context));

    assertThat(house.champion()).isEqualTo(candidate);
    assertThat(house.ledger()).isEqualTo("none");
    assertNextRunDecides();
  }

  /** Who judged meanwhile has the number; the verdict of who stood still is none. */
  @Test
  void noSecondVerdictHasTheNumberOfAnother() {
    JobContext context = house.context();

    ArmedFault.during(
        "BEFORE_COMMIT:ops.verdicts",
        () -> {
          LostLease.takeOver(context, KEY, Verb.GATE);
          beside(() -> assertThat(house.decide().values()).containsEntry("verdict", "BOOTSTRAP"));
        },
        () ->
            assertThatThrownBy(() -> house.decide(context))
                .isInstanceOfSatisfying(
                    MillraceException.class,
                    e -> assertThat(e.category()).isEqualTo(ErrorCategory.BUSY)));

    assertThat(house.verdicts()).containsExactly("1 1 - BOOTSTRAP");
    assertThat(house.champion()).isEqualTo(candidate);
    assertThat(house.ledger()).isEqualTo("BOOTSTRAP " + candidate);
  }

  /** In a thread of its own, as Delta keeps one transaction a thread. */
  private static void beside(Runnable work) {
    Executor threads = run -> new Thread(run).start();
    CompletableFuture.runAsync(work, threads).join();
  }

  private void assertNextRunDecides() {
    assertThat(house.decide().values()).containsEntry("verdict", "BOOTSTRAP");
    assertThat(house.verdicts()).containsExactly("1 1 - BOOTSTRAP");
    assertThat(house.champion()).isEqualTo(candidate);
    assertThat(house.ledger()).isEqualTo("BOOTSTRAP " + candidate);
  }
}
