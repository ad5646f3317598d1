package org.millrace.contracts.definition;

import java.util.List;
import java.util.Optional;

/**
 * {@code conf/labels/*.yaml}: what came true of a spine's rows, known some time after they ask.
 *
 * <p>A row of the SQL is the label of the spine rows with the same keys that ask before it is
 * known, for as many days as the horizon says: a spine row of day D has the label that was known
 * last at the end of day D + horizon. Only then is it judged or trained on.
 *
 * @param name such as {@code repaid}; the column of the label, too
 * @param metadata what the label means; a label has no table, hence no owner and no tags
 * @param reads tables that the SQL reads
 * @param keys columns of the SQL and of the spine, at least one
 * @param lookBackDays how many days before the one on which a label is known its SQL reads of
 *     inputs that have days
 * @param horizonDays after so many days a label counts as known for good
 * @param values what a label can be
 * @param absent 0 or 1: the label of a row for which none came until then; empty if such a row has
 *     none
 * @param sql rows with the keys, the label, and {@code known_at} (TIMESTAMP)
 */
public record LabelDefinition(
    String name,
    DefinitionMetadata metadata,
    List<String> reads,
    List<String> keys,
    int lookBackDays,
    int horizonDays,
    Values values,
    Optional<Integer> absent,
    SqlText sql) {

  /** What a label can be. */
  public enum Values {
    /** 0 or 1; column of type INT. */
    BINARY,
    /** Any finite number; column of type DOUBLE. */
    NUMBER,
    /** One of several classes, a text or a whole number; column of type STRING. */
    CLASS
  }

  /** Copies the lists. */
  public LabelDefinition {
    reads = List.copyOf(reads);
    keys = List.copyOf(keys);
  }

  /** What it means. */
  public DefinitionContent content() {
    return new ContentBuilder()
        .data("reads", reads.stream().sorted().toList())
        .data("keys", keys)
        .data("look-back-days", lookBackDays, 0)
        .data("horizon-days", horizonDays)
        .data("values", values, Values.BINARY)
        .data("absent", absent)
        .data("sql", sql)
        .metadata(metadata)
        .build();
  }

  /** SHA-256 of what its rows come from, but for the tables that it reads. */
  public String hash() {
    return content().dataHash();
  }

  /** The columns that it adds to a spine. */
  public LabelColumns columns() {
    return new LabelColumns(name, name + "_known_at");
  }

  static LabelDefinition read(DefinitionNode node) {
    LabelDefinition label =
        new LabelDefinition(
            Names.word(node, "label"),
            DefinitionMetadata.of(node.string("description")),
            node.strings("reads"),
            node.strings("keys"),
            node.integer("look-back-days", 0, 0, 3_660),
            node.optionalInteger("horizon-days", 0, 3_660)
                .orElseGet(() -> node.missing("horizon-days", "a number of days such as 30", 0)),
            node.choice("values", Values.class, Values.BINARY),
            node.optionalInteger("absent", 0, 1),
            node.query("sql"));
    if (label.keys().isEmpty()) {
      node.error("keys", "'keys': expected at least one column");
    }

    if (label.values() == Values.CLASS && label.absent().isPresent()) {
      node.error(
          "absent",
          "'absent': it is 0 or 1, which 'values: class' has no meaning for; leave it out");
    }

    node.done();
    return label;
  }
}
