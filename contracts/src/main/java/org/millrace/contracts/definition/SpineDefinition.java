package org.millrace.contracts.definition;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code conf/spines/*.yaml}: the rows that are to be enriched, scored and, later, judged.
 *
 * @param name such as {@code late_flight}
 * @param metadata what a row is and what is asked; a spine has no table, hence no owner and no tags
 * @param reads tables that the SQL reads
 * @param lookBackDays how many days before its own a night needs of inputs that have days
 * @param sql rows with {@code as_of} (TIMESTAMP), the id columns, the join keys of all views, other
 *     columns, and the label; may use {@code :from} and {@code :to}
 * @param id columns that name a row uniquely
 * @param day DATE column: the day of {@code as_of} in the platform's day zone; partitions
 *     predictions
 * @param columns columns to keep beside the id and {@code as_of}: join keys, schedule features
 * @param label 0/1 INT column: the target
 * @param labelKnownAt TIMESTAMP column: when the label can be known
 */
public record SpineDefinition(
    String name,
    DefinitionMetadata metadata,
    List<String> reads,
    int lookBackDays,
    SqlText sql,
    List<String> id,
    String day,
    List<String> columns,
    String label,
    String labelKnownAt) {

  /** What it means. */
  public DefinitionContent content() {
    return new ContentBuilder()
        .data("reads", reads.stream().sorted().toList())
        .data("look-back-days", lookBackDays, 0)
        .data("sql", sql)
        .data("id", id)
        .data("day", day)
        .data("columns", columns)
        .data("label", label)
        .data("label-known-at", labelKnownAt)
        .metadata(metadata)
        .build();
  }

  /** Columns that a model may be fed from: those of the id, then those that are kept beside it. */
  public Set<String> inputColumns() {
    Set<String> all = new LinkedHashSet<>(id);
    all.addAll(columns);
    return all;
  }

  /** Whether a view can be joined to its rows. */
  public boolean hasKeysOf(FeatureViewDefinition view) {
    return inputColumns().containsAll(view.keys().keySet());
  }

  /** SHA-256 of what its rows come from, but for the tables that it reads. */
  public String hash() {
    return content().dataHash();
  }

  static SpineDefinition read(DefinitionNode node) {
    SpineDefinition spine =
        new SpineDefinition(
            Names.word(node, "spine"),
            DefinitionMetadata.of(node.string("description")),
            node.strings("reads"),
            node.integer("look-back-days", 0, 0, 3_660),
            node.query("sql"),
            node.strings("id"),
            Names.column(node, "day"),
            node.strings("columns"),
            Names.column(node, "label"),
            Names.column(node, "label-known-at"));
    if (spine.id().isEmpty()) {
      node.error("id", "'id': expected at least one column");
    }

    node.done();
    return spine;
  }
}
