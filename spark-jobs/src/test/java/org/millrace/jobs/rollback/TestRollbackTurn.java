package org.millrace.jobs.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.millrace.jobs.model.AliasMove;
import org.millrace.jobs.model.AliasMove.Kind;
import org.millrace.jobs.model.RollbackRequest;

/** What a call means, by what the alias did before. */
class TestRollbackTurn {
  private static final Optional<LocalDate> DAY = Optional.of(LocalDate.parse("2013-02-01"));
  private static final AliasMove FIRST = move(Kind.MOVED, "0", "1", Optional.of("PASS"));
  private static final AliasMove GATED = move(Kind.MOVED, "1", "2", Optional.of("PASS"));
  private static final AliasMove BACK = move(Kind.MOVED, "2", "1", Optional.empty());
  private static final AliasMove UNDONE = move(Kind.MOVED, "1", "2", Optional.empty());
  private static final AliasMove OUTSIDE = move(Kind.FOUND, "2", "1", Optional.empty());

  private static AliasMove move(Kind kind, String from, String to, Optional<String> verdict) {
    return new AliasMove(
        "m",
        "champion",
        1,
        Optional.of(from),
        Optional.of(to),
        "ada",
        kind == Kind.FOUND ? "found" : "rolled back: alarms",
        "key",
        verdict,
        Instant.EPOCH,
        kind);
  }

  private static String turn(String to, boolean hasDays, String holder, AliasMove... moves) {
    RollbackTurn turn =
        RollbackTurn.of(
            new RollbackRequest(
                "ada",
                "",
                Optional.of(to).filter(version -> !version.isEmpty()),
                hasDays ? DAY : Optional.empty(),
                false,
                false),
            Optional.of(holder),
            List.of(moves));
    return "%s to %s%s%s"
        .formatted(
            turn.from().orElse("none"),
            turn.to().orElse("none"),
            turn.isMoved() ? ", moved" : "",
            turn.isUndo() ? ", undo" : "");
  }

  @Test
  void theHolderBeforeIsTheTarget() {
    assertThat(turn("", true, "2", FIRST, GATED)).isEqualTo("2 to 1");
    assertThat(turn("7", true, "2", GATED)).isEqualTo("2 to 7");
    assertThat(turn("", true, "2")).isEqualTo("2 to none");
  }

  @Test
  void withDaysTheSameCallGoesOnAndWithoutItTurns() {
    assertThat(turn("", true, "1", GATED, BACK)).isEqualTo("2 to 1, moved");
    assertThat(turn("1", true, "1", GATED, BACK)).isEqualTo("2 to 1, moved");
    assertThat(turn("", false, "1", GATED, BACK)).isEqualTo("1 to 2, undo");
  }

  @Test
  void theVersionThatLostTheAliasIsNamedToUndoIt() {
    assertThat(turn("2", true, "1", GATED, BACK)).isEqualTo("1 to 2, undo");
    assertThat(turn("2", true, "2", GATED, BACK, UNDONE)).isEqualTo("1 to 2, moved, undo");
    assertThat(turn("1", true, "2", GATED, BACK, UNDONE)).isEqualTo("2 to 1");
    assertThat(turn("", true, "1", GATED, BACK, UNDONE, BACK)).isEqualTo("2 to 1, moved");
  }

  @Test
  void whatTheGateDidIsNoRollbackToGoOnWith() {
    assertThat(turn("2", true, "2", GATED)).isEqualTo("none to 2, moved");
    assertThat(turn("2", true, "1", OUTSIDE)).isEqualTo("1 to 2");
    assertThat(turn("1", true, "1", GATED, OUTSIDE)).isEqualTo("2 to 1, moved");
  }

  @Test
  void anOpenMoveCountsIfTheRegistryMadeIt() {
    AliasMove open = move(Kind.INTENDED, "2", "1", Optional.empty());
    assertThat(turn("", false, "1", GATED, open)).isEqualTo("2 to 1, moved");
    assertThat(turn("", true, "1", GATED, open)).isEqualTo("2 to 1, moved");
    assertThat(turn("", true, "2", FIRST, GATED, open)).isEqualTo("2 to 1");
  }
}
