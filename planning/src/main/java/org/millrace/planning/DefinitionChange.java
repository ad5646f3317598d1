package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.ChangeCategory;
import org.millrace.contracts.definition.DefinitionKey;

/**
 * A definition that is another one than something was made by.
 *
 * @param definition which
 * @param category what the change means
 * @param differences a line for each value: {@code + features.gust.type: double}
 * @param days of what it makes that were made before the change, of those that are looked at; empty
 *     for an object without days
 * @param directly objects that are made by it
 * @param downstream objects that are made from these
 */
public record DefinitionChange(
    @JsonProperty("definition") DefinitionKey definition,
    @JsonProperty("category") ChangeCategory category,
    @JsonProperty("differences") List<String> differences,
    @JsonProperty("days") List<DayRange> days,
    @JsonProperty("directly") List<String> directly,
    @JsonProperty("downstream") List<String> downstream) {
  /** Copies the lists. */
  public DefinitionChange {
    requireNonNull(definition, "definition is null");
    requireNonNull(category, "category is null");
    differences = List.copyOf(differences);
    days = List.copyOf(days);
    directly = List.copyOf(directly);
    downstream = List.copyOf(downstream);
  }
}
