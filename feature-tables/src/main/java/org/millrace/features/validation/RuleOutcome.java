package org.millrace.features.validation;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of one rule.
 *
 * @param rule its text
 * @param passed whether the data keeps it
 * @param metrics by name, as far as they are known; may be empty, may hold NaN
 * @param value the one number that was compared with the bound; empty where there is none
 * @param bound what was asked of the value, such as {@code > 0.9}
 * @param reason why it failed; empty where it passed
 */
public record RuleOutcome(
    String rule,
    boolean passed,
    Map<String, Double> metrics,
    OptionalDouble value,
    String bound,
    Optional<String> reason) {
  /** Copies the map, in its order. */
  public RuleOutcome {
    requireNonNull(rule, "rule is null");
    requireNonNull(bound, "bound is null");
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** Rule, value, bound and reason in one phrase. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(rule).append(" (");
    value.ifPresent(number -> text.append("value ").append(number).append(", "));
    text.append("bound ").append(bound);
    reason.ifPresent(why -> text.append("; ").append(why));
    return text.append(')').toString();
  }
}
