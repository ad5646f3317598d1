package org.millrace.contracts.definition;

import java.util.List;

/**
 * {@code conf/spines/*.yaml}: the rows that are to be enriched, scored and, later, judged.
 *
 * @param name such as {@code late_flight}
 * @param description what a row is and what is asked
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
 * @param hash SHA-256 of the definition file
 */
public record SpineDefinition(
    String name,
    String description,
    List<String> reads,
    int lookBackDays,
    String sql,
    List<String> id,
    String day,
    List<String> columns,
    String label,
    String labelKnownAt,
    String hash) {

  static SpineDefinition read(DefinitionNode node, String hash) {
    SpineDefinition spine =
        new SpineDefinition(
            Names.word(node, "spine"),
            node.string("description"),
            node.strings("reads"),
            node.integer("look-back-days", 0, 0, 3_660),
            node.string("sql"),
            node.strings("id"),
            Names.column(node, "day"),
            node.strings("columns"),
            Names.column(node, "label"),
            Names.column(node, "label-known-at"),
            hash);
    if (spine.id().isEmpty()) {
      node.error("id", "'id': expected at least one column");
    }

    node.done();
    return spine;
  }
}
