package org.millrace.jobs.spine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.features.asof.AsOfCounts;

/**
 * A spine with its features, and what each step that added some counts. Driver only.
 *
 * @param rows lazy
 * @param steps in the order in which rows pass them, at least one
 */
public record JoinedSpine(Dataset<Row> rows, List<Supplier<AsOfCounts>> steps) {
  /** Copies the list. */
  public JoinedSpine {
    steps = List.copyOf(steps);
  }

  /**
   * The rows that went into the first step, those that came out of the last, and those that found a
   * fact, by view; to be called after the one action that wrote {@link #rows}. Throws DATA_CONTRACT
   * where a step lost or doubled a row, or a row was lost or doubled between two steps.
   */
  public AsOfCounts requireConserved() {
    List<AsOfCounts> counts =
        steps.stream().map(Supplier::get).map(AsOfCounts::requireConserved).toList();
    Map<String, Long> matched = new LinkedHashMap<>();
    counts.forEach(step -> matched.putAll(step.matched()));
    AsOfCounts last = counts.get(counts.size() - 1);
    return new AsOfCounts(counts.get(0).spineRows(), last.rows(), matched).requireConserved();
  }
}
