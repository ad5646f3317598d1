package org.millrace.features.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.millrace.contracts.DayRange;

/**
 * The judgement of a set of rows.
 *
 * @param rows how many there were
 * @param outcomes one for each rule: those that always hold, then those of the file, in its order
 */
public record ValidationReport(long rows, List<RuleOutcome> outcomes) {
  /** Two words: rows that do not pass are not published. */
  public enum Verdict {
    PASS,
    FAIL
  }

  /** Copies the list. */
  public ValidationReport {
    outcomes = List.copyOf(outcomes);
  }

  /** The same report with the outcomes of more rules at its end. */
  public ValidationReport and(List<RuleOutcome> more) {
    List<RuleOutcome> all = new ArrayList<>(outcomes);
    all.addAll(more);
    return new ValidationReport(rows, all);
  }

  /** PASS where every rule passed. */
  public Verdict verdict() {
    return failures().isEmpty() ? Verdict.PASS : Verdict.FAIL;
  }

  /** The rules that failed. */
  public List<RuleOutcome> failures() {
    return outcomes.stream().filter(outcome -> !outcome.passed()).toList();
  }

  /**
   * What to say where the verdict is FAIL: each failed rule with its value and bound.
   *
   * @param table where the rows were to go
   * @param days the days that they are of
   */
  public String failureMessage(String table, DayRange days) {
    String failed =
        failures().stream().map(RuleOutcome::toString).collect(Collectors.joining(", "));
    return "Cannot publish "
        + table
        + " for "
        + days
        + ": "
        + failures().size()
        + " of "
        + outcomes.size()
        + " rules failed on "
        + rows
        + " rows: "
        + failed
        + "; correct the source or the rule, then materialize again";
  }
}
