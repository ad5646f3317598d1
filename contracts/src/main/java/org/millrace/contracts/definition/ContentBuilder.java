package org.millrace.contracts.definition;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.Json;

/**
 * Collects the content of a definition. Absent values leave no entry, and neither do values that
 * are the default: a default must therefore keep its meaning for ever. Not thread-safe.
 */
final class ContentBuilder {
  private final TreeMap<String, String> data = new TreeMap<>();
  private final TreeMap<String, String> metadata = new TreeMap<>();

  /**
   * Adds a value of the data.
   *
   * @param value a text, number, enum, date, duration, SQL, a list of such, or a map by name;
   *     nothing is added for an empty Optional, list or map
   */
  ContentBuilder data(String path, Object value) {
    put(data, path, value);
    return this;
  }

  /** The same, unless the value is the default. */
  ContentBuilder data(String path, Object value, Object standard) {
    return value.equals(standard) ? this : data(path, value);
  }

  /** Adds a value of the metadata. */
  ContentBuilder metadata(String path, Object value) {
    put(metadata, path, value);
    return this;
  }

  /** The same, unless the value is the default. */
  ContentBuilder metadata(String path, Object value, Object standard) {
    return value.equals(standard) ? this : metadata(path, value);
  }

  /** Adds description, owner and tags. */
  ContentBuilder metadata(DefinitionMetadata about) {
    return metadata("description", about.description())
        .metadata("owner", about.owner())
        .metadata("tags", about.tags().stream().sorted().toList());
  }

  DefinitionContent build() {
    return new DefinitionContent(data, metadata);
  }

  private static void put(Map<String, String> values, String path, Object value) {
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(present -> put(values, path, present));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((name, inner) -> put(values, path + "." + name, inner));
    } else if (value instanceof Collection<?> list) {
      if (!list.isEmpty()) {
        values.put(path, Json.write(list.stream().map(String::valueOf).toList()));
      }
    } else {
      values.put(path, value instanceof SqlText sql ? sql.canonical() : String.valueOf(value));
    }
  }
}
