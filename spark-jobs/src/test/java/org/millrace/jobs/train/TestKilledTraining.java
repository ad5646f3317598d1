package org.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ArmedFault;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.GateHouse;
import org.millrace.jobs.testing.Killed;
import org.millrace.jobs.testing.LostLease;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.testing.InMemoryRegistry;

/** A training that ends between the registry and the ledger, and the same command again. */
@Tag("slow")
class TestKilledTraining {
  private static final RunKey KEY = TestRooms.key("train", "2013-01-01", "2013-01-20");

  @TempDir Path home;

  @Test
  void theVersionThatWasRegisteredIsTakenUpWithoutASecondTraining() {
    GateHouse house = new GateHouse(home);
    JobContext killed =
        house.context(
            Killed.at("after register", new InMemoryRegistry(house.store)), (room, text) -> {});
    assertThatThrownBy(() -> TestRooms.line(killed, KEY, TrainCandidate::new))
        .isInstanceOf(Killed.class);

    JobContext again = house.context();
    JobResult result = TestRooms.line(again, KEY, TrainCandidate::new);

    assertThat(result.message()).isEqualTo("Registered candidate late_flight/1");
    assertThat(house.said).contains("took up late_flight/1, which an earlier run registered");
    assertThat(result.counts()).containsEntry("rows_in", 300L).containsEntry("rows_out", 300L);
    assertThat(house.said).noneMatch(line -> line.contains("trained on"));
    assertThat(house.store.versions.getOrDefault(GateHouse.MODEL, List.of())).hasSize(1);
    LedgerEntry entry =
        again
            .ledger()
            .entry(LedgerObjects.candidate(GateHouse.MODEL), Partition.whole())
            .orElseThrow();
    assertThat(entry.output().version()).isEqualTo("1");
    assertThat(entry.rows().accepted()).isEqualTo(300);
    assertThat(TestRooms.line(house.context(), KEY, TrainCandidate::new).outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void aTrainingWhoseLeaseWasTakenOverRegistersNothing() {
    GateHouse house = new GateHouse(home);
    JobContext plain = house.context();
    JobContext paused =
        house.context(
            new InMemoryRegistry(house.store),
            (room, text) -> {
              if (text.startsWith("export equals Spark")) {
                LostLease.takeOver(plain, KEY, Verb.TRAIN);
              }
            });

    assertLeaseIsLost(paused);

    assertThat(house.store.runs).isEmpty();
    assertThat(house.store.versions.getOrDefault(GateHouse.MODEL, List.of())).isEmpty();
  }

  @Test
  void aTrainingWhoseLeaseWasTakenOverAfterItRegisteredSaysNothingToTheLedger() {
    GateHouse house = new GateHouse(home);
    JobContext paused = house.context();

    ArmedFault.during(
        "AFTER_REGISTER:late_flight",
        () -> LostLease.takeOver(paused, KEY, Verb.TRAIN),
        () -> assertLeaseIsLost(paused));

    assertThat(house.context().ledger().objects())
        .doesNotContain(LedgerObjects.candidate(GateHouse.MODEL));
    JobResult again = TestRooms.line(house.context(), KEY, TrainCandidate::new);
    assertThat(again.versions()).containsExactly(Map.entry("model.late_flight", "1"));
  }

  private static void assertLeaseIsLost(JobContext context) {
    assertThatThrownBy(() -> TestRooms.line(context, KEY, TrainCandidate::new))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.BUSY)
        .hasMessageContaining("the lease was taken over by another run");
  }

  @Test
  void aCandidateThatTheRegistryDoesNotHaveIsTrainedAndJudgedAgain() {
    GateHouse house = new GateHouse(home);
    TestRooms.line(house.context(), KEY, TrainCandidate::new);
    assertThat(house.decide().message()).endsWith("BOOTSTRAP");
    house.store.versions.clear(); // as in a registry that is new
    house.store.aliases.clear();
    assertThat(house.decide().message())
        .startsWith("Candidate 1 was decided on before: BOOTSTRAP; ")
        .endsWith("or run `millrace train`, which trains it again");
    assertThat(TestRooms.line(house.context(), KEY, TrainCandidate::ofPipeline).outcome())
        .as("no night trains for that")
        .isEqualTo(Outcome.NOTHING_TO_DO);

    JobResult again = TestRooms.line(house.context(), KEY, TrainCandidate::new);

    assertThat(again.outcome()).isEqualTo(Outcome.DONE);
    assertThat(house.said).anyMatch(line -> line.endsWith("it is trained again"));
    assertThatThrownBy(house::decide)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.GATE_REJECTED)
        .hasMessageContaining("no version holds the alias now, late_flight/1 held it last");
    assertThat(house.verdicts()).as("it was judged anew").hasSize(2);
    house.store.aliases.put("late_flight@champion", "1"); // as the message says
    assertThat(house.decide().message()).isEqualTo("Candidate late_flight/1: SAME");

    house.store.up = false;
    assertThat(TestRooms.line(house.context(), KEY, TrainCandidate::new).outcome())
        .as("the ledger is believed")
        .isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void aRegistryThatIsDownIsToldBeforeTheTraining() {
    GateHouse house = new GateHouse(home);
    house.store.up = false;

    assertThatThrownBy(() -> TestRooms.line(house.context(), KEY, TrainCandidate::new))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.EXTERNAL)
        .hasMessageContaining("Cannot reach the model registry");
    assertThat(house.said).isEmpty();
  }
}
