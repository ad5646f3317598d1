package org.millrace.jobs.rollback;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.millrace.jobs.model.AliasMove;
import org.millrace.jobs.model.AliasMove.Kind;
import org.millrace.jobs.model.RollbackRequest;

/**
 * What a rollback means, by what the alias did before. Pure, so that a call that was killed and is
 * made again means the same.
 *
 * @param from version that loses the alias, or lost it in the move that this call goes on with;
 *     empty if none does
 * @param to version that gets the alias, or has it; empty if no other version held it before
 * @param isMoved true if {@code to} holds the alias already
 * @param isUndo true if the alias goes back to the version that the newest rollback took it from:
 *     then days that it took back are in force again
 */
record RollbackTurn(Optional<String> from, Optional<String> to, boolean isMoved, boolean isUndo) {
  RollbackTurn {
    requireNonNull(from, "from is null");
    requireNonNull(to, "to is null");
  }

  /**
   * Reads the history.
   *
   * @param holder of the alias, as the registry has it
   * @param moves all rows of the alias before this call, the oldest first
   */
  static RollbackTurn of(RollbackRequest asked, Optional<String> holder, List<AliasMove> moves) {
    Past past = Past.of(moves, holder);
    if (asked.to().isPresent() && !asked.to().equals(holder)) {
      return past.moving(holder, asked.to());
    }

    // with days, a call says where the alias is to be, and not that it is to turn
    boolean goesOn = asked.since().isPresent() && past.isRolledBackTo(holder);
    return asked.to().isPresent() || goesOn || past.isInterrupted()
        ? past.staying(holder)
        : past.moving(holder, before(moves, holder));
  }

  /** The newest other version that surely held the alias. */
  private static Optional<String> before(List<AliasMove> moves, Optional<String> holder) {
    return moves.stream()
        .flatMap(move -> move.certainHolder().or(move::from).stream())
        .filter(version -> !holder.equals(Optional.of(version)))
        .reduce((earlier, later) -> later);
  }

  /**
   * The newest move that happened.
   *
   * @param newest empty for none
   * @param isUndo whether it was a rollback of a rollback
   * @param isInterrupted whether the program that made it was killed before it said so
   */
  private record Past(Optional<AliasMove> newest, boolean isUndo, boolean isInterrupted) {
    static Past of(List<AliasMove> moves, Optional<String> holder) {
      Past past = new Past(Optional.empty(), false, false);
      for (int i = 0; i < moves.size(); i++) {
        AliasMove move = moves.get(i);
        boolean isOpen = move.kind() == Kind.INTENDED;
        boolean happened = !isOpen || (i == moves.size() - 1 && move.to().equals(holder));
        if (happened) {
          past = new Past(Optional.of(move), past.isUndoneBy(move), isOpen && move.isRollback());
        }
      }

      return past;
    }

    /** A rollback that no other one undid, and after which nothing else happened. */
    boolean isRolledBack() {
      return newest.filter(AliasMove::isRollback).isPresent() && !isUndo;
    }

    boolean isRolledBackTo(Optional<String> holder) {
      return isRolledBack() && newest.flatMap(AliasMove::to).equals(holder);
    }

    boolean isUndoneBy(AliasMove next) {
      return isRolledBack() && next.isRollback() && isBackOf(next.from(), next.to());
    }

    private boolean isBackOf(Optional<String> from, Optional<String> to) {
      return newest.filter(move -> move.to().equals(from) && move.from().equals(to)).isPresent();
    }

    RollbackTurn moving(Optional<String> holder, Optional<String> to) {
      return new RollbackTurn(holder, to, false, isRolledBack() && isBackOf(holder, to));
    }

    /** What the gate did is no rollback to go on with. */
    RollbackTurn staying(Optional<String> holder) {
      Optional<String> loser =
          newest
              .filter(move -> move.isRollback() || move.kind() == Kind.FOUND)
              .filter(move -> move.to().equals(holder))
              .flatMap(AliasMove::from);
      return new RollbackTurn(loser, holder, true, isUndo);
    }
  }
}
