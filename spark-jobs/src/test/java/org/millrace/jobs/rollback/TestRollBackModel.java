package org.millrace.jobs.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.jobs.model.RollbackRequest;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.GateHouse;
import org.millrace.jobs.testing.Killed;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.testing.InMemoryRegistry;

/** An alias is given back, and the records have who did it and why. */
@Tag("slow")
class TestRollBackModel {
  private static final RunKey KEY = TestRooms.key("rollback", "2013-01-01", "2013-01-20");

  @TempDir Path home;

  private GateHouse house;

  @BeforeEach
  void build() {
    house = new GateHouse(home);
    house.candidate(1, 0.8);
    house.decide();
    house.candidate(1, 0);
    house.decide();
    assertThat(house.champion()).isEqualTo("2");
  }

  @Test
  void theVersionBeforeGetsTheAliasBackAndTheSameCommandUndoesIt() {
    JobResult back = rollBack(Optional.empty());

    assertThat(back.message())
        .isEqualTo(
            "late_flight/1 is champion again, not version 2; `millrace rollback late_flight --to 2`"
                + " undoes it");
    assertThat(house.champion()).isEqualTo("1");
    assertThat(house.moves()).hasSize(6).last().isEqualTo("MOVED 2 1 ada -");
    assertThat(house.decide().message())
        .as("no night takes it away again")
        .isEqualTo(
            "Candidate 2 was decided on before: PASS; champion was moved since, to version 1");

    rollBack(Optional.empty());
    assertThat(house.champion()).isEqualTo("2");
    assertThat(house.moves()).last().isEqualTo("MOVED 1 2 ada -");
    assertThat(rollBack(Optional.of("2")).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(house.moves()).hasSize(8);
  }

  @Test
  void aVersionThatIsGoneOrCannotBeFedGetsNothing() {
    assertThatThrownBy(() -> rollBack(Optional.of("7")))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.INPUT_MISSING)
        .hasMessage(
            "Cannot roll back to late_flight/7: it is not in memory; `millrace models late_flight`"
                + " lists the versions");
    house.store.files.put("late_flight/1/model.onnx", new byte[] {1});
    emptyCache();
    assertThatThrownBy(() -> rollBack(Optional.empty()))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("someone changed the file");
    assertThat(house.champion()).isEqualTo("2");
    assertThat(house.moves()).hasSize(4);
  }

  @Test
  void aKillBeforeTheMoveLeavesTheChampionAndTheSameCallEndsIt() {
    JobContext killed =
        house.context(
            Killed.at("before moveAlias", new InMemoryRegistry(house.store)), (room, text) -> {});
    assertThatThrownBy(() -> rollBack(killed, Optional.empty())).isInstanceOf(Killed.class);
    assertThat(house.champion()).isEqualTo("2");

    rollBack(Optional.empty());

    assertThat(house.champion()).isEqualTo("1");
    assertThat(house.moves()).hasSize(6).last().isEqualTo("MOVED 2 1 ada -");
  }

  @Test
  void whoMovesTheAliasMeanwhileWins() {
    house.candidate(1, 0.7);
    JobContext raced =
        house.context(
            Killed.doing(
                "before moveAlias", new InMemoryRegistry(house.store), () -> house.moveByHand("3")),
            (room, text) -> {});

    assertThatThrownBy(() -> rollBack(raced, Optional.empty()))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.BUSY);
    assertThat(house.champion()).isEqualTo("3");
  }

  private void emptyCache() {
    File[] files = home.resolve("lake/models").toFile().listFiles();
    for (File file : Objects.requireNonNull(files)) {
      assertThat(file.delete()).isTrue();
    }
  }

  private JobResult rollBack(Optional<String> to) {
    return rollBack(house.context(), to);
  }

  private static JobResult rollBack(JobContext context, Optional<String> to) {
    RollbackRequest request =
        new RollbackRequest("ada", "too many false alarms", to, Optional.empty(), false, false);
    return TestRooms.line(context, KEY, (of, key) -> new RollBackModel(of, key, request));
  }
}
