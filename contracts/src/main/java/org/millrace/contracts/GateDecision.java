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

  /** How the reason begins that names the kinds of rules that the gate does not have. */
  public static final String OFF = "off: ";

  /** Eight words; {@code ModelGate} says which case gets which. */
  public enum Verdict {
    /** Within all ranges and not worse than the champion. */
    PASS(true, false),
    /** Outside a range, or worse than the champion. */
    FAIL(false, true),
    /** Within all ranges; no version holds the alias, and its history has no earlier holder. */
    BOOTSTRAP(true, false),
    /** Within all ranges, and there are no numbers of a champion to compare with. */
    NO_BASELINE(false, true),
    /** Within all ranges and not worse than the champion; a person has not approved it yet. */
    AWAITS_APPROVAL(false, false),
    /** Within all ranges and not worse than the champion; it comes to score by a rollout. */
    BEGINS_ROLLOUT(false, false),
    /** Within all ranges, and the champion already: nothing has to move. */
    SAME(false, false),
    /** Within all ranges, and the champion's model is lost or does not take these inputs. */
    CHAMPION_UNUSABLE(false, true);

    private final boolean promotes;
    private final boolean rejects;

    Verdict(boolean promotes, boolean rejects) {
      this.promotes = promotes;
      this.rejects = rejects;
    }

    /** True where the candidate gets the alias. */
    public boolean promotes() {
      return promotes;
    }

    /**
     * True where the gate ends with GATE_REJECTED; SAME, AWAITS_APPROVAL and BEGINS_ROLLOUT neither
     * promote nor reject.
     */
    public boolean rejects() {
      return rejects;
    }
  }
}
