package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What a definition says about the object that it defines. It stands in the comment and the
 * properties of the object's table, and nothing is computed from it.
 *
 * @param description what a row is; may be empty where the definition is wrong
 * @param owner the responsible team or person, such as an e-mail address; empty if not given
 * @param tags words for searching; may be empty
 */
public record DefinitionMetadata(String description, Optional<String> owner, List<String> tags) {
  /** Copies the list. */
  public DefinitionMetadata {
    requireNonNull(description, "description is null");
    requireNonNull(owner, "owner is null");
    tags = List.copyOf(tags);
  }

  /** A description alone. */
  public static DefinitionMetadata of(String description) {
    return new DefinitionMetadata(description, Optional.empty(), List.of());
  }

  static DefinitionMetadata read(DefinitionNode node) {
    List<String> tags = node.strings("tags");
    tags.stream()
        .filter(tag -> !Names.isWord(tag))
        .forEach(
            tag ->
                node.error(
                    "tags",
                    "'tags': expected lower-case words such as hourly, found '" + tag + "'"));
    return new DefinitionMetadata(node.string("description"), node.optionalString("owner"), tags);
  }
}
