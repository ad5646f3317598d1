package org.millrace.contracts.definition;

import java.util.Optional;
import java.util.regex.Pattern;

/** What a name in a definition may look like: it becomes a table, a column and a path. */
final class Names {
  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final Pattern QUALIFIED =
      Pattern.compile("[a-z][a-z0-9_]{0,62}\\.[a-z][a-z0-9_]{0,62}");
  private static final Pattern COLUMN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");
  private static final Pattern ALIAS = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,62}");
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}");
  private static final String COLUMN_EXPECTED = "a column name such as flight_date";

  private Names() {}

  static boolean isWord(String name) {
    return WORD.matcher(name).matches();
  }

  static String word(DefinitionNode node, String key) {
    return checked(node, key, WORD, "a lower-case word such as origin_weather");
  }

  static String qualified(DefinitionNode node, String key) {
    return checked(node, key, QUALIFIED, "a table name such as raw.flights");
  }

  static String column(DefinitionNode node, String key) {
    return checked(node, key, COLUMN, COLUMN_EXPECTED);
  }

  static Optional<String> optionalColumn(DefinitionNode node, String key) {
    return optional(node, key, COLUMN, COLUMN_EXPECTED);
  }

  /** An alias of the registry; it is part of addresses and of file names. */
  static Optional<String> optionalAlias(DefinitionNode node, String key) {
    return optional(node, key, ALIAS, "a word such as champion");
  }

  /** The name of a file without directories; empty if it is another one. */
  static String file(DefinitionNode node, String key) {
    String name = checked(node, key, FILE, "a file name without directories, such as weather.dqdl");
    return FILE.matcher(name).matches() ? name : "";
  }

  private static String checked(DefinitionNode node, String key, Pattern pattern, String expected) {
    return optional(node, key, pattern, expected).orElseGet(() -> node.missing(key, "a text", ""));
  }

  private static Optional<String> optional(
      DefinitionNode node, String key, Pattern pattern, String expected) {
    Optional<String> name = node.optionalString(key);
    if (name.isPresent() && !pattern.matcher(name.get()).matches()) {
      node.error(key, "'" + key + "': expected " + expected + ", found '" + name.get() + "'");
    }

    return name;
  }
}
