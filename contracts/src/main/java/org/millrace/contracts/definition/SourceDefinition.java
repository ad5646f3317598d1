package org.millrace.contracts.definition;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code conf/sources/*.yaml}: how a raw table is filled.
 *
 * @param table qualified name of the raw table, such as {@code raw.flights}
 * @param description what a row is
 * @param inputs files to read, or directories of files, by the name that the SQL knows them by;
 *     Parquet; columns of all files together
 * @param sql the rows of the table; reads the inputs by name
 * @param day DATE column that says on which day a row arrives; empty for a table that is replaced
 *     as a whole
 * @param emptyDays whether a day without rows is allowed
 * @param rules what rows must keep, whatever the pipeline
 * @param columns comments of columns, by name
 * @param hash SHA-256 of the definition file
 */
public record SourceDefinition(
    String table,
    String description,
    Map<String, Path> inputs,
    String sql,
    Optional<String> day,
    EmptyDays emptyDays,
    SourceRules rules,
    Map<String, String> columns,
    String hash) {

  static SourceDefinition read(DefinitionNode node, Path home, String hash) {
    Map<String, Path> inputs = new LinkedHashMap<>();
    DefinitionNode paths = node.node("inputs");
    paths.keys().forEach(name -> inputs.put(name, paths.path(name, home)));
    if (inputs.isEmpty()) {
      node.error("inputs", "'inputs': expected at least one name and path");
    }

    SourceDefinition source =
        new SourceDefinition(
            Names.qualified(node, "table"),
            node.string("description"),
            inputs,
            node.string("sql"),
            Names.optionalColumn(node, "day"),
            node.choice("empty-days", EmptyDays.class, EmptyDays.FAIL),
            SourceRules.read(node),
            node.texts("columns"),
            hash);
    node.done();
    return source;
  }
}
