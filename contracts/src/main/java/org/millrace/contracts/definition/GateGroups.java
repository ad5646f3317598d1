package org.millrace.contracts.definition;

import java.util.Optional;

/**
 * Groups of rows that a model is to treat alike.
 *
 * @param column of the training set whose values are the groups
 * @param positiveFrom the score from which a row counts as chosen
 * @param leastRows of a group: smaller ones are left out
 */
public record GateGroups(String column, double positiveFrom, int leastRows) {
  private static final double POSITIVE_FROM = 0.5;

  void addTo(ContentBuilder content) {
    content
        .data("groups.column", column)
        .data("groups.positive-from", positiveFrom)
        .data("groups.least-rows", leastRows);
  }

  static Optional<GateGroups> read(DefinitionNode gate) {
    if (!gate.has("groups")) {
      return Optional.empty();
    }

    DefinitionNode node = gate.node("groups");
    GateGroups groups =
        new GateGroups(
            node.string("column"),
            node.number("positive-from", POSITIVE_FROM),
            node.integer("least-rows", 1, 1, Integer.MAX_VALUE));
    node.done();
    return Optional.of(groups);
  }
}
