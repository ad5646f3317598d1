package org.millrace.registry.gate;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.millrace.contracts.DayRange;

/**
 * How a model did on a slice.
 *
 * @param modelVersion such as {@code late_flight/3}
 * @param days the slice
 * @param rows rows with a known label, at least 0
 * @param metrics by name; one that could not be computed is absent or NaN
 */
public record Evaluation(
    String modelVersion, DayRange days, long rows, Map<String, Double> metrics) {
  /** Copies the metrics. */
  public Evaluation {
    requireNonNull(modelVersion, "modelVersion is null");
    requireNonNull(days, "days is null");
    metrics = Map.copyOf(metrics);
  }
}
