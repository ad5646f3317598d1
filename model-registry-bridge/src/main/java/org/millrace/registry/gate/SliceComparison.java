package org.millrace.registry.gate;

import java.util.Map;

/**
 * A part of the gate's rows, and how candidate and champion differ on it.
 *
 * @param slice such as {@code carrier=UA}
 * @param rows of the part
 * @param intervals by metric
 */
public record SliceComparison(String slice, long rows, Map<String, DifferenceInterval> intervals) {
  /** Copies the map. */
  public SliceComparison {
    intervals = Map.copyOf(intervals);
  }
}
