package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One input of a source: a file, a directory of files, all files that a pattern such as {@code
 * loans/*.csv} names, a Delta table, or a table of a database.
 *
 * @param path absolute; of a database's table the home, and not used; may hold the wildcards {@code
 *     *}, {@code **}, {@code ?}, {@code [...]} and {@code {a,b}}
 * @param format empty where the files' names say it
 * @param columns SQL types by column. A column that is not named here has the type that its files
 *     give it: in CSV, and as a partition directory, that of a text
 * @param text how texts are read; of CSV and JSON only
 * @param jdbc the table of a database; empty for files
 */
public record InputDefinition(
    Path path,
    Optional<InputFormat> format,
    Map<String, String> columns,
    TextOptions text,
    Optional<JdbcTable> jdbc) {
  /** Copies the map, in its order. */
  public InputDefinition {
    requireNonNull(path, "path is null");
    requireNonNull(format, "format is null");
    requireNonNull(text, "text is null");
    requireNonNull(jdbc, "jdbc is null");
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }

  /**
   * How texts are read.
   *
   * @param separator between the values of a line; empty where the files' names, or their first
   *     lines, say it
   * @param hasHeader whether the first line of each file names its columns; without one, {@code
   *     columns} names all of them, in order
   * @param encoding character set, by its IANA name
   * @param nulls texts that mean that there is no value, beside nothing between two separators
   * @param zone zone of times that are written without one
   */
  public record TextOptions(
      Optional<String> separator,
      boolean hasHeader,
      String encoding,
      List<String> nulls,
      ZoneId zone) {
    /** What holds where nothing is said: UTF-8, a header, no texts for nulls, UTC. */
    public static final TextOptions DEFAULTS =
        new TextOptions(
            Optional.empty(), true, StandardCharsets.UTF_8.name(), List.of(), ZoneOffset.UTC);

    /** Copies the list. */
    public TextOptions {
      nulls = List.copyOf(nulls);
    }
  }

  /** An input of which nothing is known but where it is. */
  public static InputDefinition of(Path path) {
    return new InputDefinition(
        path, Optional.empty(), Map.of(), TextOptions.DEFAULTS, Optional.empty());
  }

  /** What it means, but for where the files lie: that is known by the rows. */
  void addTo(ContentBuilder content, String key) {
    content
        .data(key + ".table", jdbc.map(JdbcTable::table))
        .data(key + ".format", format)
        .data(key + ".columns", columns)
        .data(key + ".order", text.hasHeader() ? List.of() : List.copyOf(columns.keySet()))
        .data(key + ".separator", text.separator())
        .data(key + ".header", text.hasHeader(), true)
        .data(key + ".encoding", text.encoding(), TextOptions.DEFAULTS.encoding())
        .data(key + ".nulls", text.nulls())
        .data(key + ".zone", text.zone(), ZoneOffset.UTC);
  }

  /** Reads a path, or a mapping with more than a path. */
  static InputDefinition read(DefinitionNode inputs, String name, Path home) {
    if (!inputs.isMapping(name)) {
      return of(inputs.path(name, home));
    }

    DefinitionNode node = inputs.node(name);
    if (node.keys().contains("jdbc")) {
      return jdbc(node, home);
    }

    node.missing("path", "a path", "");
    Optional<InputFormat> format =
        node.has("format")
            ? Optional.of(node.choice("format", InputFormat.class, InputFormat.PARQUET))
            : Optional.empty();
    Map<String, String> columns = node.texts("columns");
    columns.forEach((column, type) -> ColumnTypes.check(node.node("columns"), column, type));
    InputDefinition input =
        new InputDefinition(node.path("path", home), format, columns, text(node), Optional.empty());
    if (!input.text.hasHeader() && columns.isEmpty()) {
      node.error("header", "'header': files without one need 'columns', with all names in order");
    }

    node.done();
    return input;
  }

  private static InputDefinition jdbc(DefinitionNode node, Path home) {
    JdbcTable table = new JdbcTable(node.string("jdbc"), node.string("table"));
    table.problem().ifPresent(problem -> node.error("jdbc", "'jdbc': " + problem));
    node.done();
    return new InputDefinition(
        home, Optional.empty(), Map.of(), TextOptions.DEFAULTS, Optional.of(table));
  }

  private static TextOptions text(DefinitionNode node) {
    Optional<String> separator = node.optionalString("separator");
    if (separator.isPresent() && separator.get().length() != 1) {
      node.error(
          "separator",
          "'separator': expected one character such as ; or \"\\t\", found '%s'"
              .formatted(separator.get()));
    }

    return new TextOptions(
        separator,
        node.flag("header", true),
        encoding(node),
        node.strings("nulls"),
        node.zone("zone", ZoneOffset.UTC));
  }

  private static String encoding(DefinitionNode node) {
    String name = node.optionalString("encoding").orElse(TextOptions.DEFAULTS.encoding());
    try {
      return Charset.forName(name).name();
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      node.error(
          "encoding", "'encoding': expected a name such as ISO-8859-1, found '" + name + "'");
      return TextOptions.DEFAULTS.encoding();
    }
  }
}
