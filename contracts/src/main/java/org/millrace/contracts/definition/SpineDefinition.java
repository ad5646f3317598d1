package org.millrace.contracts.definition;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code conf/spines/*.yaml}: the rows that are to be enriched, scored and, later, judged.
 *
 * @param name such as {@code late_flight}
 * @param metadata what a row is and what is asked; a spine has no table, hence no owner and no tags
 * @param reads tables that the SQL reads
 * @param lookBackDays how many days before its own a night needs of inputs that have days
 * @param sql rows with {@code as_of} (TIMESTAMP), the id columns, the join keys of all views, other
 *     columns, and its own label; may use {@code :from} and {@code :to}
 * @param id columns that name a row uniquely
 * @param day DATE column: the day of {@code as_of} in the platform's day zone; partitions
 *     predictions
 * @param columns columns to keep beside the id and {@code as_of}: join keys, schedule features
 * @param label its own label, a 0/1 INT column and when it can be known; empty if labels come
 *     later, by a definition of their own
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
    Optional<LabelColumns> label) {
  /** Says in training sets whether a row is trained on or judged. */
  private static final String SLICE = "slice";

  /** What it means. */
  public DefinitionContent content() {
    return new ContentBuilder()
        .data("reads", reads.stream().sorted().toList())
        .data("look-back-days", lookBackDays, 0)
        .data("sql", sql)
        .data("id", id)
        .data("day", day)
        .data("columns", columns)
        .data("label", label.map(LabelColumns::label))
        .data("label-known-at", label.map(LabelColumns::knownAt))
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

  private static Optional<LabelColumns> label(DefinitionNode node) {
    Optional<String> label = Names.optionalColumn(node, "label");
    Optional<String> knownAt = Names.optionalColumn(node, "label-known-at");
    if (label.isPresent() != knownAt.isPresent()) {
      String missing = label.isPresent() ? "label-known-at" : "label";
      node.missing(missing, "a column: label and label-known-at are given together", "");
    }

    return label.flatMap(name -> knownAt.map(known -> new LabelColumns(name, known)));
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
            label(node));
    if (spine.id().isEmpty()) {
      node.error("id", "'id': expected at least one column");
    }

    if (spine.inputColumns().contains(SLICE)) {
      node.error(
          spine.id().contains(SLICE) ? "id" : "columns",
          "'" + SLICE + "' is a column of training sets; give the spine's another name in its SQL");
    }

    node.done();
    return spine;
  }
}
