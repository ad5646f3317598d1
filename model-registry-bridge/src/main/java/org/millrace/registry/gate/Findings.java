package org.millrace.registry.gate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;

/** What rules have found, as sentences in the order of the rules. Not thread-safe. */
public final class Findings {
  private static final MathContext SHOWN = new MathContext(5);

  private final List<String> kept = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();

  void add(boolean isKept, String yes, String no) {
    if (isKept) {
      kept.add(yes);
    } else {
      broken.add(no);
    }
  }

  void keep(String sentence) {
    kept.add(sentence);
  }

  void fail(String sentence) {
    broken.add(sentence);
  }

  boolean hasBroken() {
    return !broken.isEmpty();
  }

  /** Broken ones come first. */
  GateDecision decision(Verdict verdict) {
    List<String> reasons = new ArrayList<>(broken);
    reasons.addAll(kept);
    if (reasons.isEmpty()) {
      reasons.add("the gate has no bound to check");
    }

    return new GateDecision(verdict, reasons);
  }

  /** Five digits, or all of them where five would hide on which side of the other one it is. */
  public static String shown(double value, double other) {
    BigDecimal rounded = BigDecimal.valueOf(value).round(SHOWN);
    return rounded.compareTo(BigDecimal.valueOf(other)) == 0
        ? Double.toString(value)
        : rounded.stripTrailingZeros().toPlainString();
  }

  /** Five digits. */
  public static String shown(double value) {
    return BigDecimal.valueOf(value).round(SHOWN).stripTrailingZeros().toPlainString();
  }
}
