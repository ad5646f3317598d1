package org.millrace.registry.gate;

import static java.util.Objects.requireNonNull;

/**
 * What is known of the model that the scoring alias names.
 *
 * @param kind five cases
 * @param reason who held the alias last, or why the champion is unusable; empty otherwise
 */
public record ChampionState(Kind kind, String reason) {
  /** Checks that both are present. */
  public ChampionState {
    requireNonNull(kind, "kind is null");
    requireNonNull(reason, "reason is null");
  }

  /** Five cases. */
  public enum Kind {
    /** No version holds the alias, and its history has no earlier holder. */
    ABSENT,
    /** No version holds the alias now; one did before. */
    VACANT,
    /** It is the candidate. */
    SAME,
    /** It was evaluated beside the candidate. */
    EVALUATED,
    /** There is one, and it could not be evaluated. */
    UNUSABLE
  }

  /** No version holds the alias, and its history has no earlier holder. */
  public static ChampionState absent() {
    return new ChampionState(Kind.ABSENT, "");
  }

  /**
   * No version holds the alias now; one did before.
   *
   * @param lastHolder such as {@code late_flight/2}
   */
  public static ChampionState vacant(String lastHolder) {
    return new ChampionState(Kind.VACANT, lastHolder);
  }

  /** The candidate is the champion already. */
  public static ChampionState same() {
    return new ChampionState(Kind.SAME, "");
  }

  /** The champion was evaluated on the same slice. */
  public static ChampionState evaluated() {
    return new ChampionState(Kind.EVALUATED, "");
  }

  /**
   * There is a champion, and it could not be evaluated.
   *
   * @param reason such as {@code late_flight/2 takes no input 'wind'}
   */
  public static ChampionState unusable(String reason) {
    return new ChampionState(Kind.UNUSABLE, reason);
  }
}
