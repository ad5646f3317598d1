package org.millrace.registry.gate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.GateDefinition.Approval;
import org.millrace.contracts.definition.GateDefinition.Range;

/**
 * Decides whether a candidate may become champion. Pure and total: every input gets one of seven
 * verdicts, and every rule leaves a sentence with its value and bound, kept or broken.
 *
 * <table>
 *   <caption>The verdict is that of the first row that fits</caption>
 *   <tr><th>case</th><th>verdict</th></tr>
 *   <tr><td>wrong slice, no rows, a metric of a rule absent or not finite, outside a range</td><td>FAIL</td></tr>
 *   <tr><td>no version holds the alias, and its history has no earlier holder</td><td>BOOTSTRAP</td></tr>
 *   <tr><td>no version holds the alias now, and one did before</td><td>NO_BASELINE</td></tr>
 *   <tr><td>the candidate holds the alias already: only the ranges count</td><td>SAME</td></tr>
 *   <tr><td>the champion's model is lost, was changed or does not take these inputs</td><td>CHAMPION_UNUSABLE</td></tr>
 *   <tr><td>the champion's evaluation is missing, of another slice, or lacks a metric</td><td>NO_BASELINE</td></tr>
 *   <tr><td>worse than the champion by more than a tolerance</td><td>FAIL</td></tr>
 *   <tr><td>otherwise, if a person has to approve</td><td>AWAITS_APPROVAL</td></tr>
 *   <tr><td>otherwise</td><td>PASS</td></tr>
 * </table>
 *
 * <p>PASS and BOOTSTRAP move the alias; SAME leaves it, and so does AWAITS_APPROVAL until {@code
 * millrace approve}; FAIL, NO_BASELINE and CHAMPION_UNUSABLE reject the candidate. The first
 * champion awaits approval too, where a person has to approve.
 */
public final class ModelGate {
  /** Bounds such as 0.75 - 0.01 are off by a last bit: a value on the bound is within it. */
  private static final double ROUNDING = 1e-12;

  private ModelGate() {}

  /**
   * The verdict and its reasons, broken rules first.
   *
   * @param comparison with the champion; used only where {@code state} is EVALUATED
   */
  public static GateDecision decide(
      Evaluation candidate,
      Optional<Comparison> comparison,
      ChampionState state,
      GateDefinition rules) {
    Findings own = ownFindings(candidate, rules);
    if (own.hasBroken()) {
      return own.decision(Verdict.FAIL);
    }

    return switch (state.kind()) {
      case ABSENT -> {
        own.keep(
            "no version of "
                + rules.model()
                + " holds the alias, and the alias history has no earlier holder");
        yield own.decision(passed(rules, Verdict.BOOTSTRAP));
      }
      case VACANT ->
          noBaseline(own, "no version holds the alias now, " + state.reason() + " held it last");
      case SAME -> {
        own.keep(candidate.modelVersion() + " is the champion already");
        yield own.decision(Verdict.SAME);
      }
      case UNUSABLE -> {
        own.fail("the champion cannot be evaluated: " + state.reason());
        yield own.decision(Verdict.CHAMPION_UNUSABLE);
      }
      case EVALUATED ->
          comparison
              .map(found -> compare(own, candidate, found, rules))
              .orElseGet(() -> noBaseline(own, "the champion's evaluation is missing"));
    };
  }

  private static Findings ownFindings(Evaluation candidate, GateDefinition rules) {
    Findings findings = new Findings();
    if (!candidate.days().equals(rules.days())) {
      findings.fail(
          "evaluated on %s, the gate's slice is %s".formatted(candidate.days(), rules.days()));
    }
    if (candidate.rows() < 1) {
      findings.fail("evaluated on %d rows, at least 1 is needed".formatted(candidate.rows()));
    }
    Set<String> named = new TreeSet<>(rules.ranges().keySet());
    named.addAll(rules.notWorse().keySet());
    for (String metric : named) {
      Double value = candidate.metrics().get(metric);
      if (value == null) {
        findings.fail(metric + " is missing, the gate has a rule for it");
      } else if (!Double.isFinite(value)) {
        findings.fail(metric + " is " + value + ", a finite number is needed");
      } else if (rules.ranges().containsKey(metric)) {
        checkRange(findings, metric, value, rules.ranges().get(metric));
      }
    }
    return findings;
  }

  private static void checkRange(Findings findings, String metric, double value, Range range) {
    range
        .min()
        .ifPresent(
            min ->
                findings.add(
                    value >= min - ROUNDING,
                    metric + " " + Findings.shown(value, min) + " is at least " + min,
                    metric + " " + Findings.shown(value, min) + " is below the minimum " + min));
    range
        .max()
        .ifPresent(
            max ->
                findings.add(
                    value <= max + ROUNDING,
                    metric + " " + Findings.shown(value, max) + " is at most " + max,
                    metric + " " + Findings.shown(value, max) + " is above the maximum " + max));
  }

  private static GateDecision compare(
      Findings findings, Evaluation candidate, Comparison comparison, GateDefinition rules) {
    Evaluation champion = comparison.champion();
    if (!champion.days().equals(candidate.days()) || champion.rows() != candidate.rows()) {
      return noBaseline(
          findings,
          "champion %s was evaluated on %d rows of %s, the candidate on %d rows of %s"
              .formatted(
                  champion.modelVersion(),
                  champion.rows(),
                  champion.days(),
                  candidate.rows(),
                  candidate.days()));
    }

    List<String> lacking =
        rules.notWorse().keySet().stream()
            .filter(metric -> !Double.isFinite(champion.metrics().getOrDefault(metric, Double.NaN)))
            .sorted()
            .toList();
    if (!lacking.isEmpty()) {
      return noBaseline(
          findings, "champion %s has no %s".formatted(champion.modelVersion(), lacking));
    }

    new CompareModels(candidate, comparison, findings).check(rules);
    if (findings.hasBroken()) {
      return findings.decision(Verdict.FAIL);
    }

    return findings.decision(passed(rules, Verdict.PASS));
  }

  private static Verdict passed(GateDefinition rules, Verdict alone) {
    return rules.approval() == Approval.REQUIRED ? Verdict.AWAITS_APPROVAL : alone;
  }

  private static GateDecision noBaseline(Findings findings, String reason) {
    findings.fail(reason);
    return findings.decision(Verdict.NO_BASELINE);
  }
}
