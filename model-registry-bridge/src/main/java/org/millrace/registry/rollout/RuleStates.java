package org.millrace.registry.rollout;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.definition.GateDefinition.Better;
import org.millrace.contracts.definition.GateDefinition.Range;
import org.millrace.contracts.definition.GateDefinition.Tolerance;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.registry.gate.DifferenceInterval;
import org.millrace.registry.gate.Findings;

/**
 * The state of each rule of a rollout, as sentences with value and bound: kept, broken, or open. A
 * comparison with confidence is broken where it is shown that the challenger is worse, kept where
 * it is shown that it is not, and open in between. A comparison of two numbers is open until the
 * stage has all of its days: a few days prove nothing.
 *
 * @param broken those that end the rollout
 * @param open those that more days may decide
 * @param kept all others
 */
record RuleStates(List<String> broken, List<String> open, List<String> kept) {
  private static final double ROUNDING = 1e-12;

  static RuleStates of(RolloutDefinition rules, StageEvidence evidence, boolean isLast) {
    RuleStates states = new RuleStates(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    new TreeMap<>(rules.ranges())
        .forEach((metric, range) -> states.range(metric, range, evidence.measured(metric)));
    new TreeMap<>(rules.notWorse())
        .forEach(
            (metric, tolerance) -> {
              if (tolerance.confidence().isPresent()) {
                states.interval(metric, tolerance, evidence.intervals().get(metric));
              } else {
                states.numbers(metric, tolerance, evidence, isLast);
              }
            });
    return states;
  }

  private void range(String metric, Range range, double value) {
    if (!Double.isFinite(value)) {
      broken.add(metric + " is " + value + ", a finite number is needed");
      return;
    }

    range
        .min()
        .ifPresent(
            min ->
                judge(
                    value >= min - ROUNDING,
                    "%s %s is at least %s".formatted(metric, Findings.shown(value, min), min),
                    "%s %s is less than %s".formatted(metric, Findings.shown(value, min), min)));
    range
        .max()
        .ifPresent(
            max ->
                judge(
                    value <= max + ROUNDING,
                    "%s %s is at most %s".formatted(metric, Findings.shown(value, max), max),
                    "%s %s is more than %s".formatted(metric, Findings.shown(value, max), max)));
  }

  private void judge(boolean isKept, String yes, String no) {
    (isKept ? kept : broken).add(isKept ? yes : no);
  }

  private void numbers(String metric, Tolerance tolerance, StageEvidence evidence, boolean isLast) {
    double ours = evidence.challenger().getOrDefault(metric, Double.NaN);
    double theirs = evidence.champion().getOrDefault(metric, Double.NaN);
    double worse = tolerance.better() == Better.HIGHER ? theirs - ours : ours - theirs;
    String values =
        "%s %s, champion %s, tolerance %s"
            .formatted(metric, shown(ours, theirs), shown(theirs, ours), tolerance.by());
    boolean isKept = worse <= tolerance.by() + ROUNDING;
    if (isLast) {
      judge(isKept, "not worse than the champion: " + values, "worse than the champion: " + values);
    } else {
      open.add("so far " + (isKept ? "not worse" : "worse") + " than the champion: " + values);
    }
  }

  private static String shown(double value, double other) {
    return Double.isFinite(value) && Double.isFinite(other)
        ? Findings.shown(value, other)
        : Double.toString(value);
  }

  private void interval(String metric, Tolerance tolerance, @Nullable DifferenceInterval interval) {
    if (interval == null || !interval.isDefined()) {
      open.add(metric + ": no interval of the difference could be made");
      return;
    }

    boolean isHigher = tolerance.better() == Better.HIGHER;
    double worst = isHigher ? -interval.low() : interval.high();
    double least = isHigher ? -interval.high() : interval.low();
    String values =
        "%s %s, champion %s, difference with %s%% confidence between %s and %s, tolerance %s"
            .formatted(
                metric,
                Findings.shown(interval.candidate(), interval.champion()),
                Findings.shown(interval.champion(), interval.candidate()),
                Findings.shown(100 * interval.confidence()),
                Findings.shown(interval.low()),
                Findings.shown(interval.high()),
                tolerance.by());
    if (worst <= tolerance.by() + ROUNDING) {
      kept.add("shown to be within the tolerance: " + values);
    } else if (least > tolerance.by() + ROUNDING) {
      broken.add("shown to be worse than the champion: " + values);
    } else {
      open.add("not decided: " + values);
    }
  }
}
