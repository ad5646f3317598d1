package org.millrace.jobs.bootstrap;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.GateDefinition.Bootstrap;
import org.millrace.contracts.definition.GateDefinition.Tolerance;
import org.millrace.registry.gate.DifferenceInterval;

/** Intervals of the differences that rules ask for with confidence. Driver; executors draw. */
public final class RuleIntervals {
  private final PairedBootstrap bootstrap;

  /** Draws as a definition says. */
  public RuleIntervals(Bootstrap definition) {
    this.bootstrap = new PairedBootstrap(definition.resamples(), definition.seed());
  }

  /**
   * Intervals of all rules with confidence.
   *
   * @param pairs as {@link PairedBootstrap#pairs} makes them, cached: they are read several times
   * @param rules by metric
   * @param comparisons that are made together: the error of each is divided by their number
   *     (Bonferroni), so that all of them are right with the confidence of the rule
   */
  public Map<String, DifferenceInterval> of(
      Dataset<Row> pairs, Map<String, Tolerance> rules, int comparisons) {
    Map<SampledMetric, Double> asked = new LinkedHashMap<>();
    rules.forEach(
        (metric, rule) ->
            rule.confidence()
                .ifPresent(
                    confidence -> asked.put(SampledMetric.of(metric).orElseThrow(), confidence)));
    if (asked.isEmpty()) {
      return Map.of();
    }

    Map<SampledMetric, Resamples> found = bootstrap.resample(pairs, List.copyOf(asked.keySet()));
    Map<String, DifferenceInterval> intervals = new LinkedHashMap<>();
    asked.forEach(
        (metric, confidence) ->
            intervals.put(
                metric.word(),
                requireNonNull(found.get(metric), metric.word())
                    .interval(1 - (1 - confidence) / comparisons)));
    return intervals;
  }
}
