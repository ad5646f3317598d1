package org.millrace.contracts.definition;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code conf/sources/*.yaml}: how a raw table is filled.
 *
 * @param table qualified name of the raw table, such as {@code raw.flights}
 * @param metadata what a row is, whose table it is
 * @param inputs what to read, by the name that the SQL knows it by; columns of all files together
 * @param sql the rows of the table; reads the inputs by name
 * @param day DATE column that says on which day a row arrives; empty for a table that is replaced
 *     as a whole
 * @param start its first day: days before it have no rows, and need none; empty if it has always
 *     been there
 * @param emptyDays whether a day without rows is allowed
 * @param rules what rows must keep, whatever the pipeline
 * @param columns comments of columns, by name
 */
public record SourceDefinition(
    String table,
    DefinitionMetadata metadata,
    Map<String, InputDefinition> inputs,
    SqlText sql,
    Optional<String> day,
    Optional<LocalDate> start,
    EmptyDays emptyDays,
    SourceRules rules,
    Map<String, String> columns) {

  /**
   * What it means. Where the files lie is no part of it: what was read from them is known by its
   * rows.
   */
  public DefinitionContent content() {
    ContentBuilder content = new ContentBuilder();
    inputs.forEach((name, input) -> input.addTo(content, "input." + name));
    return content
        .data("inputs", inputs.keySet().stream().sorted().toList())
        .data("sql", sql)
        .data("day", day)
        .data("start", start)
        .data("empty-days", emptyDays, EmptyDays.FAIL)
        .data("keys", rules.keys().stream().sorted().toList())
        .data("null-days", rules.nullDays(), SourceRules.NullDays.FAIL)
        .data("infinities", rules.infinities(), SourceRules.Infinities.FAIL)
        .data("volume", SourceRules.word(rules.volumeTimes()), SourceRules.DEFAULT_VOLUME)
        .metadata(metadata)
        .metadata("columns", columns)
        .build();
  }

  /** Whether a day without rows is as it should be. */
  public boolean mayBeEmpty(LocalDate of) {
    return emptyDays == EmptyDays.ALLOW || start.filter(of::isBefore).isPresent();
  }

  /** SHA-256 of what its rows come from, but for the files. */
  public String hash() {
    return content().dataHash();
  }

  static SourceDefinition read(DefinitionNode node, Path home) {
    Map<String, InputDefinition> inputs = new LinkedHashMap<>();
    DefinitionNode paths = node.node("inputs");
    paths.keys().forEach(name -> inputs.put(name, InputDefinition.read(paths, name, home)));
    if (inputs.isEmpty()) {
      node.error("inputs", "'inputs': expected at least one name and path");
    }

    SourceDefinition source =
        new SourceDefinition(
            Names.qualified(node, "table"),
            DefinitionMetadata.read(node),
            inputs,
            node.query("sql"),
            Names.optionalColumn(node, "day"),
            node.optionalDate("start"),
            node.choice("empty-days", EmptyDays.class, EmptyDays.FAIL),
            SourceRules.read(node),
            node.texts("columns"));
    if (source.start().isPresent() && source.day().isEmpty()) {
      node.error("start", "'start': a source without 'day' has no days; leave it out");
    }

    node.done();
    return source;
  }
}
