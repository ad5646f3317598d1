package org.millrace.contracts.definition;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.definition.GateDefinition.Range;

/**
 * When a champion loses the alias to the version before it: if a metric of its realised quality
 * lies outside its range on some of its last days.
 *
 * @param ranges acceptable ranges by metric of a day, at least one
 * @param days on how many days a metric must lie outside
 * @param of how many of its last judged days are looked at, at least {@code days}
 */
public record FallBack(Map<String, Range> ranges, int days, int of) {
  private static final int MOST_DAYS = 366;

  void addTo(ContentBuilder content) {
    content.data("falls-back.days", days).data("falls-back.of", of);
    ranges.forEach(
        (metric, range) ->
            content
                .data("falls-back.ranges." + metric + ".min", range.min())
                .data("falls-back.ranges." + metric + ".max", range.max()));
  }

  static Optional<FallBack> read(DefinitionNode rollout, List<String> metrics) {
    if (!rollout.has("falls-back")) {
      return Optional.empty();
    }

    DefinitionNode node = rollout.node("falls-back");
    int days = node.integer("days", 1, 1, MOST_DAYS);
    FallBack fallBack =
        new FallBack(
            GateDefinition.ranges(node, metrics), days, node.integer("of", days, days, MOST_DAYS));
    if (fallBack.ranges().isEmpty()) {
      node.error(
          "ranges",
          "'ranges': expected at least one metric with min or max: without one no champion falls back");
    }

    node.done();
    return Optional.of(fallBack);
  }
}
