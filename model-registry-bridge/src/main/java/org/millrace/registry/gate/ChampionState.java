package org.millrace.registry.gate;

import static java.util.Objects.requireNonNull;

/**
 * What is known of the model that the alias {@code champion} names.
 *
 * @param kind three cases
 * @param reason why it is unusable; empty otherwise
 */
public record ChampionState(Kind kind, String reason) {
  /** Checks that both are present. */
  public ChampionState {
    requireNonNull(kind, "kind is null");
    requireNonNull(reason, "reason is null");
  }

  /** Three cases. */
  public enum Kind {
    /** There has never been one. */
    ABSENT,
    /** It was evaluated beside the candidate. */
    EVALUATED,
    /** There is one, and it could not be evaluated. */
    UNUSABLE
  }

  /** There has never been a champion. */
  public static ChampionState absent() {
    return new ChampionState(Kind.ABSENT, "");
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
