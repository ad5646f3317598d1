package org.millrace.contracts.definition;

import java.util.HashMap;
import java.util.Map;

/** Where each definition stands, so that what is found wrong later still has its file and line. */
final class DefinitionPlaces {
  /** Where {@code millrace.yaml} is kept, under the empty name. */
  static final String PLATFORM = "platform";

  private final DefinitionErrors errors;
  private final Map<String, DefinitionNode> nodes = new HashMap<>();

  DefinitionPlaces(DefinitionErrors errors) {
    this.errors = errors;
  }

  void keep(String room, String name, DefinitionNode node) {
    nodes.put(room + "/" + name, node);
  }

  /** Notes an error at a key of a definition. */
  void error(String room, String name, String key, String what) {
    error(room, name, key, "", what);
  }

  /** Notes an error at an item of a key's list. */
  void error(String room, String name, String key, String item, String what) {
    DefinitionNode node = nodes.get(room + "/" + name);
    if (node == null) {
      errors.add(room + "/" + name, 0, what);
    } else {
      errors.add(node.file(), node.line(key, item), what);
    }
  }
}
