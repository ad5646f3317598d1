package org.millrace.jobs.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ReigningChampion;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.GateHouse;
import org.millrace.jobs.testing.Killed;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.testing.InMemoryRegistry;

/** Verdicts, who holds the alias, and what the records say of both. */
@Tag("slow")
class TestGateCandidate {
  @TempDir Path home;

  private GateHouse house;

  @BeforeEach
  void build() {
    house = new GateHouse(home);
  }

  @Test
  void firstCandidateBootstrapsABetterOnePassesAndAWorseOneFails() {
    house.candidate(1, 0.8);
    assertThat(house.decide().values())
        .containsEntry("verdict", "BOOTSTRAP")
        .hasEntrySatisfying(
            "reasons", reasons -> assertThat(reasons).contains("has no earlier holder"));
    house.candidate(1, 0);
    JobResult passed = house.decide();
    assertThat(passed.values())
        .containsEntry("verdict", "PASS")
        .containsEntry("champion", "1")
        .containsKeys("champion_auc", "champion_log_loss");
    assertThat(passed.values().get("champion_auc")).isLessThan(passed.values().get("auc"));
    assertThat(passed.versions()).containsExactly(Map.entry("model.late_flight", "2"));
    house.candidate(1, 0.9);

    assertRejected(house::decide)
        .hasMessageStartingWith(
            "Cannot promote late_flight/3 to champion: verdict FAIL, worse than the champion: auc")
        .hasMessageEndingWith(
            "late_flight/2 stays champion; train again on what lets the model learn more");
    assertRejected(house::decide).hasMessageContaining("verdict FAIL, worse than the champion");

    assertThat(house.verdicts()).containsExactly("1 1 - BOOTSTRAP", "2 2 1 PASS", "3 3 2 FAIL");
    assertThat(house.moves())
        .containsExactly(
            "INTENDED - 1 gate BOOTSTRAP",
            "MOVED - 1 gate BOOTSTRAP",
            "INTENDED 1 2 gate PASS",
            "MOVED 1 2 gate PASS");
    assertThat(house.champion()).isEqualTo("2");
    assertThat(house.ledger()).isEqualTo("FAIL 3");
    assertThat(house.tag("3", "verdict")).isEqualTo("FAIL");
  }

  @Test
  void aVersionThatPassesBeginsARolloutWhereOneIsDefined() {
    house.rolloutsBeginByTheGate();
    house.candidate(1, 0.8);
    assertThat(house.decide().values())
        .as("there is no champion to be rolled out beside")
        .containsEntry("verdict", "BOOTSTRAP");

    house.candidate(1, 0);
    JobResult passed = house.decide();
    assertThat(passed.values()).containsEntry("verdict", "BEGINS_ROLLOUT");
    assertThat(passed.message()).contains("`millrace rollout status late_flight` shows");
    assertThat(house.champion()).isEqualTo("1");
    assertThat(house.decide().outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(house.rollouts()).containsExactly("1 BEGIN shadow 1 2 0.0 gate verdict 2");

    house.candidate(1, 0.1);
    assertThat(house.decide().values()).containsEntry("verdict", "BEGINS_ROLLOUT");
    assertThat(house.said)
        .anyMatch(
            text ->
                text.startsWith("the rollout of version 2 is under way, so that version 3 waits"));
    assertThat(house.rollouts()).hasSize(1);
  }

  @Test
  void rulesEditedWhileTheCandidateReignsJudgeItByTheRangesAlone() {
    house.candidate(1, 0);
    house.decide();
    house.rules(0.7);

    JobResult again = house.decide();

    assertThat(again.values())
        .containsEntry("verdict", "SAME")
        .hasEntrySatisfying(
            "reasons",
            reasons -> assertThat(reasons).contains("late_flight/1 is the champion already"));
    assertThat(house.decide().outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(house.verdicts()).containsExactly("1 1 - BOOTSTRAP", "2 1 1 SAME");
    assertThat(house.runVerdicts("1")).containsExactlyInAnyOrder("BOOTSTRAP", "SAME");
    assertThat(house.tag("1", "verdict")).isEqualTo("SAME");
    assertThat(house.moves()).hasSize(2);
  }

  @Test
  void aChampionThatBreaksTheRulesIsToldAloudWhileItReigns() {
    house.candidate(1, 0);
    house.decide();
    assertThat(warning()).isEmpty();
    house.rules(0.999);

    assertRejected(house::decide)
        .hasMessageStartingWith("Cannot confirm late_flight/1 as champion: verdict FAIL, auc")
        .hasMessageContaining("the champion itself breaks the rules, it is still in use")
        .hasMessageEndingWith(
            "train again, or point champion in memory at a version that kept them");
    assertThat(house.champion()).isEqualTo("1");
    assertThat(warning())
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("the newest verdict on late_flight/1 is FAIL, given at ")
                    .contains("is below the minimum 0.999"));
    assertThat(house.said)
        .anyMatch(line -> line.startsWith("warning: the newest verdict on late_flight/1 is"));

    house.rules(0.6);
    assertThat(house.decide().values()).containsEntry("verdict", "SAME");
    assertThat(warning()).isEmpty();
    assertThat(house.verdicts()).containsExactly("1 1 - BOOTSTRAP", "2 1 1 FAIL", "3 1 1 SAME");
  }

  private Optional<String> warning() {
    JobContext context = house.context();
    RunKey key = TestRooms.key("score", "2013-02-01", "2013-02-01");
    return new ReigningChampion(context, key).warning(Champion.resolve(context));
  }

  @Test
  void aChampionThatCannotBeEvaluatedIsItsOwnVerdictAndIsComparedAgainOnceItCan()
      throws IOException {
    house.candidate(1, 0.8);
    house.decide();
    byte[] lost = house.store.files.remove("late_flight/1/model.onnx");
    emptyCache();
    house.candidate(1, 0);

    assertRejected(house::decide)
        .hasMessageContaining("verdict CHAMPION_UNUSABLE, the champion cannot be evaluated:")
        .hasMessageContaining("Cannot download model.onnx of late_flight/1: there is no such file")
        .hasMessageEndingWith(
            "late_flight/1 stays champion; point champion in memory at a version that can be"
                + " evaluated, then run `millrace gate` again");
    assertThat(house.champion()).isEqualTo("1");

    house.store.files.put("late_flight/1/model.onnx", Objects.requireNonNull(lost));
    assertThat(house.decide().values()).containsEntry("verdict", "PASS");
    assertThat(house.verdicts())
        .containsExactly("1 1 - BOOTSTRAP", "2 2 1 CHAMPION_UNUSABLE", "3 2 1 PASS");
    assertThat(house.champion()).isEqualTo("2");
  }

  private void emptyCache() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("lake/models"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aMoveByHandIsRecordedAsFromOutsideAndNotUndone() {
    house.candidate(1, 0.8);
    house.decide();
    house.candidate(1, 0);
    house.decide();
    house.moveByHand("1");

    JobResult again = house.decide();
    house.decide();

    assertThat(again.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(again.message())
        .isEqualTo(
            "Candidate 2 was decided on before: PASS; champion was moved since, to version 1");
    assertThat(house.champion()).isEqualTo("1");
    assertThat(house.moves()).hasSize(5).last().isEqualTo("FOUND 2 1 outside -");
    house.candidate(1, 0.1);
    house.decide();
    assertThat(house.verdicts()).last().isEqualTo("3 3 1 PASS");
  }

  @Test
  void scoringNoticesAMoveByHandToo() {
    house.candidate(1, 0.8);
    house.decide();
    house.candidate(1, 0);
    house.decide();
    house.moveByHand("1");

    warning();
    warning();

    assertThat(house.moves()).hasSize(5).last().isEqualTo("FOUND 2 1 outside -");
    assertThat(house.said)
        .contains("late_flight@champion was moved outside of the gate, from 2 to 1");
  }

  @Test
  void anAliasThatWasTakenAwayIsNoFirstTime() {
    house.candidate(1, 0);
    house.decide();
    house.store.aliases.clear();
    house.candidate(1, 0.1);

    assertRejected(house::decide)
        .hasMessageContaining(
            "verdict NO_BASELINE, no version holds the alias now, late_flight/1 held it last")
        .hasMessageContaining("no version holds champion; point champion in memory at a version");
    assertThat(house.moves()).last().isEqualTo("FOUND 1 - outside -");
    JobContext context = house.context();
    assertThatThrownBy(() -> Champion.resolve(context))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(
            "no version has that alias in memory; version 1 held it last: name the");
  }

  @Test
  void whoMovesTheAliasInBetweenWinsAndTheCandidateIsJudgedBesideTheirs() {
    house.candidate(1, 0.8);
    house.decide();
    house.candidate(1, 0.7);
    house.candidate(1, 0);
    JobContext raced =
        house.context(
            Killed.doing(
                "before moveAlias", new InMemoryRegistry(house.store), () -> house.moveByHand("2")),
            (room, text) -> {});

    assertThatThrownBy(() -> house.decide(raced))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.BUSY)
        .hasMessageContaining("it names version 2, expected version 1");
    assertThat(house.champion()).isEqualTo("2");

    assertThat(house.decide().values()).containsEntry("verdict", "PASS");
    assertThat(house.verdicts()).containsExactly("1 1 - BOOTSTRAP", "2 3 1 PASS", "3 3 2 PASS");
    assertThat(house.moves())
        .containsExactly(
            "INTENDED - 1 gate BOOTSTRAP",
            "MOVED - 1 gate BOOTSTRAP",
            "INTENDED 1 3 gate PASS",
            "FOUND 1 2 outside -",
            "INTENDED 2 3 gate PASS",
            "MOVED 2 3 gate PASS");
  }

  @Test
  void aLedgerThatIsOlderThanTheVerdictsIsBelievedWhereItAccepted() {
    String candidate = house.candidate(1, 0);
    JobContext context = house.context();
    String fingerprint = Digest.sha256(context.pipeline().gate().hash(), "candidate 1", "set");
    house.ledger(context, LedgerObjects.verdict(GateHouse.MODEL), fingerprint, candidate, "PASS");

    assertThat(house.decide().message()).startsWith("Candidate 1 was decided on before: PASS");
    assertThat(house.verdicts()).isEmpty();
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRejected(
      ThrowingCallable decision) {
    return assertThatThrownBy(decision)
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.GATE_REJECTED);
  }
}
