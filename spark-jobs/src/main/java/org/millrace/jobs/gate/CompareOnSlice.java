package org.millrace.jobs.gate;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.GateSlices;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.jobs.bootstrap.PairedBootstrap;
import org.millrace.jobs.bootstrap.RuleIntervals;
import org.millrace.jobs.model.ClassAnswer;
import org.millrace.registry.gate.Comparison;
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
  private static final String LABEL = "millrace_label__";
  private static final String PART = "millrace_part__";
  private static final int MOST_PARTS = 100;

  private final Pipeline pipeline;
  private final GateDefinition gate;
  private final RuleIntervals intervals;

  CompareOnSlice(Pipeline pipeline) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.gate = pipeline.gate();
    this.intervals = new RuleIntervals(gate.bootstrap());
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
          evaluation,
          intervals.of(pairs, gate.notWorse(), 1),
          parts.compared(),
          parts.small(),
          parts.problems());
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
        ofLabels(both, label),
        pipeline.spine().id(),
        pipeline.spine().day(),
        pipeline.training().classes().isEmpty() ? label : LABEL,
        CANDIDATE,
        CHAMPION,
        parts);
  }

  /**
   * Of several classes each row becomes one of two: whether it has its label, which it has, and the
   * probability that each version gave to that. Their log loss is that of the classes, but for
   * probabilities below 1e-15.
   */
  private Dataset<Row> ofLabels(Dataset<Row> scored, String label) {
    List<String> classes = pipeline.training().classes();
    if (classes.isEmpty()) {
      return scored;
    }

    Column actual = col("`" + label + "`");
    return scored
        .withColumn(CANDIDATE, ClassAnswer.of(actual, col(CANDIDATE), classes))
        .withColumn(CHAMPION, ClassAnswer.of(actual, col(CHAMPION), classes))
        .withColumn(LABEL, lit(1.0));
  }

  private static String part(List<Column> parts) {
    return PART + parts.size();
  }

  private record Parts(List<SliceComparison> compared, long small, List<String> problems) {
    static Parts none() {
      return new Parts(List.of(), 0, List.of());
    }
  }

  /** A part of the rows. */
  private record Part(String name, long rows, Column condition) {}

  private Parts parts(Dataset<Row> pairs, GateSlices slices) {
    List<Part> large = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    long small = 0;
    for (int column = 0; column < slices.columns().size(); column++) {
      List<Part> all = values(pairs, column, slices.columns().get(column));
      List<Part> enough = all.stream().filter(part -> part.rows() >= slices.leastRows()).toList();
      small += all.size() - enough.size();
      if (enough.size() > MOST_PARTS) {
        problems.add(tooMany(slices, slices.columns().get(column), enough.size()));
      } else {
        large.addAll(enough);
      }
    }

    int comparisons = Math.max(1, large.size() * slices.notWorse().size());
    List<SliceComparison> compared = new ArrayList<>();
    for (Part part : large) {
      compared.add(
          new SliceComparison(
              part.name(),
              part.rows(),
              intervals.of(pairs.where(part.condition()), slices.notWorse(), comparisons)));
    }

    return new Parts(compared, small, problems);
  }

  private static List<Part> values(Dataset<Row> pairs, int column, String name) {
    Column part = col(PART + column);
    return pairs.groupBy(part).agg(functions.count(lit(1))).orderBy(part).collectAsList().stream()
        .map(
            size ->
                new Part(name + "=" + size.get(0), size.getLong(1), part.eqNullSafe(size.get(0))))
        .toList();
  }

  private static String tooMany(GateSlices slices, String column, int values) {
    return "%d slices of %s have at least %d rows, at most %d can be compared: raise 'least-rows', or name another column"
        .formatted(values, column, slices.leastRows(), MOST_PARTS);
  }
}
