package org.millrace.jobs.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.GateHouse;
import org.millrace.jobs.testing.Killed;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.testing.InMemoryRegistry;

/**
 * A gate that ends at each of its steps, and the same command again: one verdict, one move, no
 * false record. All tests share a house, each with a candidate of its own.
 */
@Tag("slow")
class TestKilledGate {
  @TempDir static Path home;

  private static GateHouse house;

  @BeforeAll
  static void build() {
    house = new GateHouse(home);
    house.candidate(1, 0.1);
    house.decide();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "before download",
        "saying : PASS, auc", // judged, not recorded
        "before tagVersion", // recorded
        "after tagVersion",
        "after logRun",
        "before moveAlias", // announced
        "after moveAlias", // moved, and no row says so
        "saying champion moved from", // the row is there, the ledger's entry is not
      })
  void oneVerdictOneMoveAndNoFalseRecord(String step) {
    String before = house.champion();
    String candidate = house.candidate(1, 0.1);

    kill(step);
    noticeAsScoringDoes();
    assertThat(house.decide().values()).containsEntry("verdict", "PASS");

    assertThat(house.decide().outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(house.champion()).isEqualTo(candidate);
    assertThat(house.ledger()).isEqualTo("PASS " + candidate);
    assertThat(ofCandidate(house.verdicts(), candidate))
        .singleElement()
        .asString()
        .endsWith(" " + candidate + " " + before + " PASS");
    assertThat(house.moves().stream().filter(move -> move.contains(" " + candidate + " ")))
        .containsExactly(
            "INTENDED " + before + " " + candidate + " gate PASS",
            "MOVED " + before + " " + candidate + " gate PASS");
    assertThat(house.tag(candidate, "verdict")).isEqualTo("PASS");
    assertThat(house.runVerdicts(candidate)).containsExactly("PASS");
  }

  private static List<String> ofCandidate(List<String> verdicts, String candidate) {
    return verdicts.stream().filter(row -> row.split(" ", -1)[1].equals(candidate)).toList();
  }

  private static void kill(String step) {
    JobContext context =
        house.context(Killed.at(step, new InMemoryRegistry(house.store)), Killed.saying(step));
    assertThatThrownBy(() -> house.decide(context))
        .isInstanceOf(Killed.class)
        .hasMessage("killed " + step);
  }

  private static void noticeAsScoringDoes() {
    JobContext context = house.context();
    new AliasMoves(context, TestRooms.key("score", "2013-02-01", "2013-02-01"), house.scoring())
        .noticeOutsideMove(Optional.of(house.champion()));
  }

  @Test
  void rulesThatChangeAfterAKillLeaveAnIntentionAndNoMove() {
    String before = house.champion();
    String candidate = house.candidate(1, 0.1);
    kill("before moveAlias");
    house.rules(0.999);
    try {
      assertThatThrownBy(house::decide)
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("verdict FAIL, auc");
    } finally {
      house.rules(0.6);
    }

    assertThat(house.champion()).isEqualTo(before);
    assertThat(ofCandidate(house.verdicts(), candidate))
        .hasSize(2)
        .last()
        .asString()
        .endsWith("FAIL");
    assertThat(house.moves())
        .last()
        .isEqualTo("INTENDED " + before + " " + candidate + " gate PASS");
    assertThat(house.tag(candidate, "verdict")).isEqualTo("FAIL");
    assertThat(house.ledger()).isEqualTo("FAIL " + candidate);
  }

  @Test
  void aVerdictThatWasNotCarriedOutIsGivenAnewWhereSomeoneElseMovedTheAlias() {
    house.candidate(1, 0.1);
    house.decide();
    String candidate = house.candidate(1, 0.1);
    kill("before moveAlias");
    house.moveByHand("1");

    assertThat(house.decide().values()).containsEntry("verdict", "PASS");

    assertThat(ofCandidate(house.verdicts(), candidate))
        .hasSize(2)
        .last()
        .asString()
        .endsWith(candidate + " 1 PASS");
    assertThat(house.moves()).last().isEqualTo("MOVED 1 " + candidate + " gate PASS");
  }
}
