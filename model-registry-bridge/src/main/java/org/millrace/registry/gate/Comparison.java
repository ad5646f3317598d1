package org.millrace.registry.gate;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * The champion on the rows of the candidate.
 *
 * @param champion its evaluation
 * @param intervals of the differences, by metric; of those that a rule asks for with confidence
 * @param slices parts of the rows; empty if no rule looks at parts
 * @param smallSlices parts with too few rows to be compared
 * @param problems why parts could not be compared, each a sentence; each breaks the rule
 */
public record Comparison(
    Evaluation champion,
    Map<String, DifferenceInterval> intervals,
    List<SliceComparison> slices,
    long smallSlices,
    List<String> problems) {
  /** Copies map and list. */
  public Comparison {
    requireNonNull(champion, "champion is null");
    intervals = Map.copyOf(intervals);
    slices = List.copyOf(slices);
    problems = List.copyOf(problems);
  }

  /** Of two evaluations alone. */
  public static Comparison of(Evaluation champion) {
    return new Comparison(champion, Map.of(), List.of(), 0, List.of());
  }
}
