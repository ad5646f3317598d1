package org.millrace.registry.gate;

import java.util.Map;
import java.util.TreeMap;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.GateDefinition.Better;
import org.millrace.contracts.definition.GateDefinition.Tolerance;
import org.millrace.contracts.definition.GateSlices;

/** The rules that hold a candidate against the champion. Pure. */
final class CompareModels {
  private static final double ROUNDING = 1e-12;

  private final Evaluation candidate;
  private final Comparison comparison;
  private final Findings findings;

  CompareModels(Evaluation candidate, Comparison comparison, Findings findings) {
    this.candidate = candidate;
    this.comparison = comparison;
    this.findings = findings;
  }

  void check(GateDefinition rules) {
    new TreeMap<>(rules.notWorse())
        .forEach(
            (metric, tolerance) -> {
              if (tolerance.confidence().isPresent()) {
                shownNoWorse(metric, tolerance);
              } else {
                noWorse(metric, tolerance);
              }
            });
    rules.slices().ifPresent(this::slices);
  }

  private void noWorse(String metric, Tolerance tolerance) {
    double ours = candidate.metrics().getOrDefault(metric, Double.NaN);
    double theirs = comparison.champion().metrics().getOrDefault(metric, Double.NaN);
    double worse = tolerance.better() == Better.HIGHER ? theirs - ours : ours - theirs;
    String values =
        "%s %s, champion %s, tolerance %s"
            .formatted(
                metric, Findings.shown(ours, theirs), Findings.shown(theirs, ours), tolerance.by());
    findings.add(
        worse <= tolerance.by() + ROUNDING,
        "not worse than the champion: " + values,
        "worse than the champion: " + values);
  }

  /** The whole interval must be on the right side of the tolerance. */
  private void shownNoWorse(String metric, Tolerance tolerance) {
    DifferenceInterval interval = comparison.intervals().get(metric);
    if (interval == null || !interval.isDefined()) {
      findings.add(false, "", metric + ": no interval of the difference could be made");
      return;
    }

    double worst = tolerance.better() == Better.HIGHER ? -interval.low() : interval.high();
    String values = values(metric, interval, tolerance);
    findings.add(
        worst <= tolerance.by() + ROUNDING,
        "shown to be no worse than the champion: " + values,
        "not shown to be no worse than the champion: " + values);
  }

  /** A part breaks the rule where its whole interval is on the wrong side of the tolerance. */
  private void slices(GateSlices rules) {
    comparison.problems().forEach(findings::fail);
    long broken = comparison.problems().size();
    long undefined = 0;
    long compared = 0;
    for (SliceComparison slice : comparison.slices()) {
      for (Map.Entry<String, Tolerance> rule : new TreeMap<>(rules.notWorse()).entrySet()) {
        DifferenceInterval interval = slice.intervals().get(rule.getKey());
        if (interval == null || !interval.isDefined()) {
          undefined++;
          continue;
        }

        compared++;
        if (isWorse(interval, rule.getValue())) {
          broken++;
          findings.fail(
              "worse than the champion in %s (%,d rows): %s"
                  .formatted(
                      slice.slice(),
                      slice.rows(),
                      values(rule.getKey(), interval, rule.getValue())));
        }
      }
    }

    if (broken == 0) {
      summary(rules, compared, undefined);
    }
  }

  private void summary(GateSlices rules, long compared, long undefined) {
    String what =
        "slices of %s with at least %,d rows"
            .formatted(String.join(", ", rules.columns()), rules.leastRows());
    findings.add(
        compared > 0,
        "in none of %d %s is the candidate shown to be worse than the champion (%s; %d comparisons, %d without an interval); %d smaller ones were not compared"
            .formatted(
                comparison.slices().size(),
                what,
                String.join(", ", new TreeMap<>(rules.notWorse()).keySet()),
                compared,
                undefined,
                comparison.smallSlices()),
        "no %s could be compared, %d without an interval, %d smaller ones"
            .formatted(what, undefined, comparison.smallSlices()));
  }

  private static boolean isWorse(DifferenceInterval interval, Tolerance tolerance) {
    double least = tolerance.better() == Better.HIGHER ? -interval.high() : interval.low();
    return least > tolerance.by() + ROUNDING;
  }

  private static String values(String metric, DifferenceInterval interval, Tolerance tolerance) {
    return "%s %s, champion %s, difference %s, with %s%% confidence between %s and %s, tolerance %s"
        .formatted(
            metric,
            Findings.shown(interval.candidate(), interval.champion()),
            Findings.shown(interval.champion(), interval.candidate()),
            Findings.shown(interval.difference()),
            Findings.shown(100 * interval.confidence()),
            Findings.shown(interval.low()),
            Findings.shown(interval.high()),
            tolerance.by());
  }
}
