package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What the gate says of a candidate; total, never absent.
 *
 * @param verdict the word
 * @param reasons at least one sentence, each with value and bound
 */
public record GateDecision(Verdict verdict, List<String> reasons) {
  /** Checks that a reason is given. */
  public GateDecision {
    requireNonNull(verdict, "verdict is null");
    reasons = List.copyOf(reasons);
    if (reasons.isEmpty()) {
      throw new IllegalArgumentException("Cannot decide " + verdict + " without a reason");
    }
  }

  /** Four words, of which two let the candidate become champion. */
  public enum Verdict {
    /** Within all ranges and not worse than the champion. */
    PASS(true),
    /** Outside a range, or worse than the champion. */
    FAIL(false),
    /** Within all ranges, and there has never been a champion. */
    BOOTSTRAP(true),
    /**
     * There is a champion, and it cannot be compared with: its model is lost or does not take these
     * inputs.
     */
    NO_BASELINE(false);

    private final boolean promotes;

    Verdict(boolean promotes) {
      this.promotes = promotes;
    }

    /** True where the candidate gets the alias {@code champion}. */
    public boolean promotes() {
      return promotes;
    }
  }
}
