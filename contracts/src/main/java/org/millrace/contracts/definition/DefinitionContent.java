package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.millrace.contracts.Digest;

/**
 * What a definition means, apart from how it is written: canonical values by path, such as {@code
 * features.temp.type}. Comments, white space, the order of keys and the layout of SQL leave no
 * trace. Neither does a value that is the default: a key that a later release adds changes the
 * content of no definition that does not have it.
 *
 * @param data what rows, models, scores or verdicts come from
 * @param metadata what is said about them (description, owner, tags), and policies that change no
 *     row
 */
public record DefinitionContent(
    @JsonProperty("data") NavigableMap<String, String> data,
    @JsonProperty("metadata") NavigableMap<String, String> metadata) {
  /** Copies the maps. */
  public DefinitionContent {
    data = copy(data);
    metadata = copy(metadata);
  }

  /** SHA-256 of the data: equal where the same comes of it. */
  public String dataHash() {
    return hash(data, section -> true);
  }

  /** SHA-256 of some sections of the data: entries whose path starts with one of the words. */
  public String dataHash(Set<String> sections) {
    return hash(data, sections::contains);
  }

  /** The same without some paths of the data. */
  DefinitionContent withoutData(Predicate<String> paths) {
    NavigableMap<String, String> left = new TreeMap<>(data);
    left.keySet().removeIf(paths);
    return new DefinitionContent(left, metadata);
  }

  /** SHA-256 of the metadata. */
  public String metadataHash() {
    return hash(metadata, section -> true);
  }

  private static String hash(NavigableMap<String, String> values, Predicate<String> sections) {
    List<String> parts = new ArrayList<>();
    values.forEach(
        (path, value) -> {
          if (sections.test(section(path))) {
            parts.add(path);
            parts.add(value);
          }
        });
    return Digest.sha256(parts.toArray(String[]::new));
  }

  /** The word that a path starts with. */
  static String section(String path) {
    int end = path.indexOf('.');
    return end < 0 ? path : path.substring(0, end);
  }

  private static NavigableMap<String, String> copy(NavigableMap<String, String> values) {
    requireNonNull(values, "values are null")
        .forEach((path, value) -> requireNonNull(value, () -> path + " is null"));
    return Collections.unmodifiableNavigableMap(new TreeMap<>(values));
  }
}
