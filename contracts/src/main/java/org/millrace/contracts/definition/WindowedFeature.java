package org.millrace.contracts.definition;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition.Feature;

/**
 * A feature that is computed as of each spine row: an aggregate of a view's events in the window
 * before.
 *
 * @param of what is computed; one window, no name
 * @param condition which events count; empty for all
 * @param feature its type and meaning
 */
public record WindowedFeature(AggregateText of, Optional<SqlText> condition, Feature feature) {
  private static final AggregateText STAND_IN = AggregateText.parse("count() over 1d");

  /** What is computed, in words that do not depend on how it is written. */
  String canonical() {
    return List.of(
            of.function().word(),
            of.column().orElse(""),
            of.parameter(),
            of.windows(),
            condition.map(SqlText::canonical).orElse(""))
        .toString();
  }

  /** Whether a column of the events may count: it is aggregated, or the condition names it. */
  boolean mayRead(String column) {
    return of.column().filter(column::equalsIgnoreCase).isPresent()
        || condition
            .filter(sql -> sql.canonical().toLowerCase(Locale.ROOT).contains(lower(column)))
            .isPresent();
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Whether partial aggregates of whole days can serve it. */
  public boolean canBeKeptDaily() {
    return of.windows().stream().anyMatch(of.function()::canBeKeptDaily);
  }

  /**
   * Reads the aggregates of a view, and checks each against the columns of its events.
   *
   * @param keys of the view, by column with SQL type
   * @param columns of the events, beside the keys and the two times
   */
  static Map<String, WindowedFeature> read(
      DefinitionNode view, Map<String, String> keys, Map<String, Feature> columns) {
    Map<String, String> types = new LinkedHashMap<>(keys);
    types.put("event_timestamp", "timestamp");
    types.put("known_at", "timestamp");
    columns.forEach((name, feature) -> types.put(name, feature.type()));
    Map<String, WindowedFeature> aggregates = new LinkedHashMap<>();
    view.entries("aggregates")
        .forEach(
            (name, node) -> {
              if (!Names.isWord(name)) {
                node.error("of", "'" + name + "': expected a lower-case word such as delay_avg_3h");
              }

              aggregates.put(name, read(node, types));
            });
    return aggregates;
  }

  private static WindowedFeature read(DefinitionNode node, Map<String, String> types) {
    Optional<AggregateText> of = parse(node, node.string("of"));
    WindowedFeature aggregate =
        new WindowedFeature(
            of.orElse(STAND_IN),
            of.flatMap(AggregateText::condition).map(node::condition),
            new Feature(node.string("type"), node.string("description")));
    node.done();
    if (of.isPresent()) {
      aggregate.check(node, types);
    }

    return aggregate;
  }

  /** Empty where it is missing or not understood, which is noted. */
  private static Optional<AggregateText> parse(DefinitionNode node, String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(AggregateText.parse(text));
    } catch (MillraceException e) {
      node.error("of", "'of': " + e.getMessage());
      return Optional.empty();
    }
  }

  private void check(DefinitionNode node, Map<String, String> types) {
    if (of.windows().size() != 1 || of.name().isPresent()) {
      node.error("of", "'of': expected one window and no name, as the key is the name");
    }

    Optional<String> column = of.column();
    Set<String> names = new LinkedHashSet<>(types.keySet());
    if (column.isPresent() && !names.contains(column.get())) {
      node.error(
          "of",
          "'of': no column '" + column.get() + "'; the events have: " + String.join(", ", names));
      return;
    }

    String read = column.map(name -> types.getOrDefault(name, "")).orElse("");
    Optional<String> result = of.function().result(read);
    if (result.isEmpty()) {
      node.error(
          "of",
          "'of': no %s of '%s', which is %s; take a column of %s"
              .formatted(
                  of.function().word(),
                  column.orElse(""),
                  read,
                  of.function().needsNumbers()
                      ? "whole or floating numbers"
                      : "numbers, booleans, text, dates or timestamps"));
    } else if (node.has("type") && !result.get().equals(AggregateFunction.plain(feature.type()))) {
      node.error("type", "'type': expected " + result.get() + ", found '" + feature.type() + "'");
    }
  }
}
