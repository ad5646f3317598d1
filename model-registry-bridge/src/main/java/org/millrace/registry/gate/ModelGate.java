package org.millrace.registry.gate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.GateDefinition.Better;
import org.millrace.contracts.definition.GateDefinition.Range;
import org.millrace.contracts.definition.GateDefinition.Tolerance;

/**
 * Decides whether a candidate may become champion. Pure and total: every input gets one of six
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
 *   <tr><td>otherwise</td><td>PASS</td></tr>
 * </table>
 *
 * <p>PASS and BOOTSTRAP move the alias; SAME leaves it; FAIL, NO_BASELINE and CHAMPION_UNUSABLE
 * reject the candidate.
 */
public final class ModelGate {
  /** Bounds such as 0.75 - 0.01 are off by a last bit: a value on the bound is within it. */
  private static final MathContext SHOWN = new MathContext(5);

  private static final double ROUNDING = 1e-12;

  private ModelGate() {}

  /**
   * The verdict and its reasons, broken rules first.
   *
   * @param champion its evaluation; used only where {@code state} is EVALUATED
   */
  public static GateDecision decide(
      Evaluation candidate,
      Optional<Evaluation> champion,
      ChampionState state,
      GateDefinition rules) {
    Findings own = ownFindings(candidate, rules);
    if (!own.broken.isEmpty()) {
      return own.decision(Verdict.FAIL);
    }

    return switch (state.kind()) {
      case ABSENT -> {
        own.kept.add(
            "no version of "
                + rules.model()
                + " holds the alias, and the alias history has no earlier holder");
        yield own.decision(Verdict.BOOTSTRAP);
      }
      case VACANT ->
          noBaseline(own, "no version holds the alias now, " + state.reason() + " held it last");
      case SAME -> {
        own.kept.add(candidate.modelVersion() + " is the champion already");
        yield own.decision(Verdict.SAME);
      }
      case UNUSABLE -> {
        own.broken.add("the champion cannot be evaluated: " + state.reason());
        yield own.decision(Verdict.CHAMPION_UNUSABLE);
      }
      case EVALUATED ->
          champion
              .map(evaluation -> compare(own, candidate, evaluation, rules))
              .orElseGet(() -> noBaseline(own, "the champion's evaluation is missing"));
    };
  }

  private static Findings ownFindings(Evaluation candidate, GateDefinition rules) {
    Findings findings = new Findings();
    if (!candidate.days().equals(rules.days())) {
      findings.broken.add(
          "evaluated on %s, the gate's slice is %s".formatted(candidate.days(), rules.days()));
    }
    if (candidate.rows() < 1) {
      findings.broken.add("evaluated on %d rows, at least 1 is needed".formatted(candidate.rows()));
    }
    Set<String> named = new TreeSet<>(rules.ranges().keySet());
    named.addAll(rules.notWorse().keySet());
    for (String metric : named) {
      Double value = candidate.metrics().get(metric);
      if (value == null) {
        findings.broken.add(metric + " is missing, the gate has a rule for it");
      } else if (!Double.isFinite(value)) {
        findings.broken.add(metric + " is " + value + ", a finite number is needed");
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
                    metric + " " + shown(value, min) + " is at least " + min,
                    metric + " " + shown(value, min) + " is below the minimum " + min));
    range
        .max()
        .ifPresent(
            max ->
                findings.add(
                    value <= max + ROUNDING,
                    metric + " " + shown(value, max) + " is at most " + max,
                    metric + " " + shown(value, max) + " is above the maximum " + max));
  }

  /** Five digits, or all of them where five would hide on which side of the other one it is. */
  private static String shown(double value, double other) {
    BigDecimal rounded = BigDecimal.valueOf(value).round(SHOWN);
    return rounded.compareTo(BigDecimal.valueOf(other)) == 0
        ? Double.toString(value)
        : rounded.stripTrailingZeros().toPlainString();
  }

  private static GateDecision compare(
      Findings findings, Evaluation candidate, Evaluation champion, GateDefinition rules) {
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

    List<String> lacking = new ArrayList<>();
    new TreeMap<>(rules.notWorse())
        .forEach(
            (metric, tolerance) -> {
              double theirs = champion.metrics().getOrDefault(metric, Double.NaN);
              if (Double.isFinite(theirs)) {
                double ours = candidate.metrics().getOrDefault(metric, Double.NaN);
                checkTolerance(findings, metric, ours, theirs, tolerance);
              } else {
                lacking.add(metric);
              }
            });
    if (!lacking.isEmpty()) {
      return noBaseline(
          findings, "champion %s has no %s".formatted(champion.modelVersion(), lacking));
    }
    return findings.decision(findings.broken.isEmpty() ? Verdict.PASS : Verdict.FAIL);
  }

  private static void checkTolerance(
      Findings findings, String metric, double ours, double theirs, Tolerance tolerance) {
    double worse = tolerance.better() == Better.HIGHER ? theirs - ours : ours - theirs;
    String values =
        "%s %s, champion %s, tolerance %s"
            .formatted(metric, shown(ours, theirs), shown(theirs, ours), tolerance.by());
    findings.add(
        worse <= tolerance.by() + ROUNDING,
        "not worse than the champion: " + values,
        "worse than the champion: " + values);
  }

  private static GateDecision noBaseline(Findings findings, String reason) {
    findings.broken.add(reason);
    return findings.decision(Verdict.NO_BASELINE);
  }

  /** Sentences in the order of the rules; broken ones come first. */
  private static final class Findings {
    private final List<String> kept = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    void add(boolean isKept, String yes, String no) {
      if (isKept) {
        kept.add(yes);
      } else {
        broken.add(no);
      }
    }

    GateDecision decision(Verdict verdict) {
      List<String> reasons = new ArrayList<>(broken);
      reasons.addAll(kept);
      if (reasons.isEmpty()) {
        reasons.add("the gate has no bound to check");
      }
      return new GateDecision(verdict, reasons);
    }
  }
}
