package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.Locale;

/**
 * Which definition is meant.
 *
 * @param kind of it
 * @param name of it; of a source the table's
 */
public record DefinitionKey(DefinitionKind kind, String name) implements Comparable<DefinitionKey> {
  private static final Comparator<DefinitionKey> ORDER =
      Comparator.comparing(DefinitionKey::kind).thenComparing(DefinitionKey::name);

  /** Checks that all is present. */
  public DefinitionKey {
    requireNonNull(kind, "kind is null");
    requireNonNull(name, "name is null");
  }

  @JsonCreator
  static DefinitionKey parse(String text) {
    int end = text.indexOf(' ');
    return new DefinitionKey(
        DefinitionKind.valueOf(text.substring(0, end).toUpperCase(Locale.ROOT)),
        text.substring(end + 1));
  }

  @Override
  public int compareTo(DefinitionKey other) {
    return ORDER.compare(this, other);
  }

  /** {@code view origin_weather}. */
  @Override
  @JsonValue
  public String toString() {
    return kind.word() + " " + name;
  }
}
