package org.millrace.jobs.definition;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * What a person said on the command line; the texts as they were typed, with files by whole paths.
 *
 * @param askedFrom where the person is, if what is missing may be asked for
 */
public record InitAnswers(
    String name,
    Optional<String> spine,
    List<String> id,
    Optional<String> asOf,
    Optional<String> label,
    Optional<String> labelAfter,
    Optional<Integer> absent,
    Optional<String> positive,
    List<String> facts,
    List<String> events,
    Optional<ZoneId> zone,
    List<String> nulls,
    Optional<Path> askedFrom,
    Path conf,
    Path home) {
  /** Copies the lists. */
  public InitAnswers {
    requireNonNull(name, "name is null");
    id = List.copyOf(id);
    facts = List.copyOf(facts);
    events = List.copyOf(events);
    nulls = List.copyOf(nulls);
  }
}
