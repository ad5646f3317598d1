package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.millrace.contracts.Digest;

/**
 * Which columns of a view's table are read. What other columns come from does not matter to that
 * reader, and neither do rules and other checks: rows of a day that passed them are the same.
 *
 * @param view whose table it is
 * @param columns beside the keys, the two times and the tie
 */
public record ViewReading(DefinitionKey view, NavigableSet<String> columns) {
  private static final Set<String> ALWAYS =
      Set.of("keys", "reads", "look-back-days", "tie", "event-id");

  private static final String FEATURES = "features.";

  /** Copies the columns. */
  public ViewReading {
    requireNonNull(view, "view is null");
    columns = Collections.unmodifiableNavigableSet(new TreeSet<>(columns));
  }

  /**
   * What is read of a view's table for some of its outputs.
   *
   * @param outputs by name; others than the view's are passed over
   */
  public static ViewReading of(FeatureViewDefinition view, Set<String> outputs) {
    DefinitionKey key = new DefinitionKey(DefinitionKind.VIEW, view.name());
    if (!view.isWindowed()) {
      NavigableSet<String> read = new TreeSet<>(view.features().keySet());
      read.retainAll(outputs);
      return new ViewReading(key, read);
    }

    NavigableSet<String> read = new TreeSet<>();
    view.aggregates()
        .forEach(
            (name, aggregate) -> {
              if (outputs.contains(name)) {
                view.features().keySet().stream()
                    .filter(column -> aggregate.mayRead(column))
                    .forEach(read::add);
              }
            });
    return new ViewReading(key, read);
  }

  /** SHA-256 of what these columns come from, but for the tables that the view reads. */
  String hash(DefinitionContent content) {
    NavigableMap<String, String> data = content.data();
    Set<String> given = new LinkedHashSet<>(columns);
    given.addAll(Set.of("event_timestamp", "known_at"));
    List<String> parts = new ArrayList<>();
    data.forEach(
        (path, value) -> {
          String section = DefinitionContent.section(path);
          if (ALWAYS.contains(section)) {
            parts.addAll(List.of(path, value));
            given.add(section.equals("keys") ? path.substring("keys.".length()) : value);
          }
        });
    for (String column : columns) {
      parts.add(column);
      parts.add(data.getOrDefault(FEATURES + column + ".type", ""));
    }

    parts.add(new CanonicalQuery(data.getOrDefault("sql", "")).giving(given));
    return Digest.sha256(parts.toArray(String[]::new));
  }

  /** The columns of a view's table, beside the keys and the two times. */
  static NavigableSet<String> features(DefinitionContent content) {
    NavigableSet<String> columns = new TreeSet<>();
    for (String path : content.data().tailMap(FEATURES).keySet()) {
      if (path.startsWith(FEATURES)) {
        columns.add(path.substring(FEATURES.length(), path.lastIndexOf('.')));
      }
    }

    return columns;
  }
}
