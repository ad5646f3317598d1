package org.millrace.jobs.gate;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.GateDefinition.Tolerance;
import org.millrace.contracts.definition.GateSlices;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.jobs.bootstrap.PairedBootstrap;
import org.millrace.jobs.bootstrap.Resamples;
import org.millrace.jobs.bootstrap.SampledMetric;
import org.millrace.registry.gate.Comparison;
import org.millrace.registry.gate.DifferenceInterval;
import org.millrace.registry.gate.Evaluation;
import org.millrace.registry.gate.SliceComparison;

/**
 * Scores the gate's rows with candidate and champion, and measures how sure their differences are:
 * of all rows, and of each part that the definition asks for. Driver only; a few Spark jobs, and as
 * many again for each part.
 */
final class CompareOnSlice {
  private static final String CANDIDATE = "millrace_candidate__";
  private static final String CHAMPION = "millrace_champion__";
  private static final String PART = "millrace_part__";
  private static final int MOST_PARTS = 100;

  private final Pipeline pipeline;
  private final GateDefinition gate;
  private final PairedBootstrap bootstrap;

  CompareOnSlice(Pipeline pipeline) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.gate = pipeline.gate();
    this.bootstrap = new PairedBootstrap(gate.bootstrap().resamples(), gate.bootstrap().seed());
  }

  /**
   * Compares, as far as the rules ask for intervals.
   *
   * @param rows of the gate's slice
   * @param evaluation of the champion
   */
  Comparison compare(
      Dataset<Row> rows, SliceScorer candidate, SliceScorer champion, Evaluation evaluation) {
    if (!gate.needsIntervals()) {
      return Comparison.of(evaluation);
    }

    Dataset<Row> pairs = pairs(rows, candidate, champion).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Parts parts = gate.slices().map(slices -> parts(pairs, slices)).orElseGet(Parts::none);
      return new Comparison(
          evaluation, intervals(pairs, gate.notWorse()), parts.compared(), parts.small());
    } finally {
      pairs.unpersist();
    }
  }

  private Dataset<Row> pairs(Dataset<Row> rows, SliceScorer candidate, SliceScorer champion) {
    String label = pipeline.labelColumns().label();
    List<String> columns = gate.slices().map(GateSlices::columns).orElse(List.of());
    Set<String> kept = new LinkedHashSet<>(pipeline.spine().id());
    kept.add(pipeline.spine().day());
    kept.add(label);
    kept.addAll(columns);
    Set<String> first = new LinkedHashSet<>(kept);
    first.addAll(champion.contract().columns());
    kept.add(CANDIDATE);
    Dataset<Row> both =
        champion.score(
            candidate.score(rows, List.copyOf(first), CANDIDATE), List.copyOf(kept), CHAMPION);
    List<Column> parts = new ArrayList<>();
    columns.forEach(column -> parts.add(col("`" + column + "`").cast("string").as(part(parts))));
    return PairedBootstrap.pairs(
        both, pipeline.spine().id(), pipeline.spine().day(), label, CANDIDATE, CHAMPION, parts);
  }

  private static String part(List<Column> parts) {
    return PART + parts.size();
  }

  private Map<String, DifferenceInterval> intervals(
      Dataset<Row> pairs, Map<String, Tolerance> rules) {
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
                requireNonNull(found.get(metric), metric.word()).interval(confidence)));
    return intervals;
  }

  private record Parts(List<SliceComparison> compared, long small) {
    static Parts none() {
      return new Parts(List.of(), 0);
    }
  }

  private Parts parts(Dataset<Row> pairs, GateSlices slices) {
    List<SliceComparison> compared = new ArrayList<>();
    long small = 0;
    for (int column = 0; column < slices.columns().size(); column++) {
      Column part = col(PART + column);
      String name = slices.columns().get(column);
      List<Row> sizes =
          pairs.groupBy(part).agg(functions.count(lit(1))).orderBy(part).collectAsList();
      List<Row> large =
          sizes.stream().filter(size -> size.getLong(1) >= slices.leastRows()).toList();
      requireFew(name, large.size(), slices);
      small += sizes.size() - large.size();
      for (Row size : large) {
        compared.add(
            new SliceComparison(
                name + "=" + size.get(0),
                size.getLong(1),
                intervals(pairs.where(part.eqNullSafe(size.get(0))), slices.notWorse())));
      }
    }

    return new Parts(compared, small);
  }

  private void requireFew(String column, int values, GateSlices slices) {
    if (values > MOST_PARTS) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot judge %s by slices of %s: %d of its values have at least %d rows, at most %d can be compared; raise 'least-rows', or name another column"
              .formatted(gate.model(), column, values, slices.leastRows(), MOST_PARTS));
    }
  }
}
