package org.millrace.contracts.definition;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Parts of the gate's rows in each of which a candidate must not be worse than the champion. A part
 * is small, and rarely shows that a model is no worse: here a rule is broken where it is shown that
 * the candidate is worse.
 *
 * @param columns of the training set, each of whose values is a part
 * @param leastRows of a part: smaller ones are counted, and not compared
 * @param notWorse by metric, how much worse than the champion is still accepted
 */
public record GateSlices(
    List<String> columns, int leastRows, Map<String, GateDefinition.Tolerance> notWorse) {
  private static final double CONFIDENCE = 0.95;
  private static final int LEAST_ROWS = 500;

  /** Copies the list. */
  public GateSlices {
    columns = List.copyOf(columns);
  }

  void addTo(ContentBuilder content) {
    content.data("slices.columns", columns).data("slices.least-rows", leastRows);
    notWorse.forEach(
        (metric, tolerance) ->
            content
                .data("slices.not-worse-than-champion." + metric + ".better", tolerance.better())
                .data("slices.not-worse-than-champion." + metric + ".by", tolerance.by())
                .data(
                    "slices.not-worse-than-champion." + metric + ".confidence",
                    tolerance.confidence()));
  }

  static Optional<GateSlices> read(DefinitionNode gate) {
    if (!gate.has("slices")) {
      return Optional.empty();
    }

    DefinitionNode node = gate.node("slices");
    GateSlices slices =
        new GateSlices(
            node.strings("columns"),
            node.integer("least-rows", LEAST_ROWS, 1, Integer.MAX_VALUE),
            GateDefinition.tolerances(node, Optional.of(CONFIDENCE)));
    if (slices.columns().isEmpty()) {
      node.error("columns", "'columns': expected at least one column, such as carrier");
    }

    if (slices.notWorse().isEmpty()) {
      node.error(
          "not-worse-than-champion",
          "'not-worse-than-champion': expected at least one metric to compare in each slice");
    }

    node.done();
    return Optional.of(slices);
  }
}
