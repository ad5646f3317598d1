package org.millrace.contracts.definition;

import java.util.regex.Pattern;

/** What a name in a definition may look like: it becomes a table, a column and a path. */
final class Names {
  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final Pattern QUALIFIED =
      Pattern.compile("[a-z][a-z0-9_]{0,62}\\.[a-z][a-z0-9_]{0,62}");

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

  private static String checked(DefinitionNode node, String key, Pattern pattern, String expected) {
    String name = node.string(key);
    if (node.has(key) && !name.isEmpty() && !pattern.matcher(name).matches()) {
      node.error(key, "'" + key + "': expected " + expected + ", found '" + name + "'");
    }

    return name;
  }
}
