package org.millrace.planning;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.millrace.contracts.Status;
import org.millrace.contracts.ledger.LedgerEntry;

/**
 * How long objects take, by the ledger alone: a program makes one after the other, so the time
 * between the entries of two is what the second took. Of the first one that a program made nothing
 * is known, as it took the start of Spark too. Entries are of the writers' clocks, so this is an
 * estimate and nothing else.
 */
final class Pace {
  /** More is no work: another program, or a person, came between. */
  private static final Duration LONGEST = Duration.ofHours(12);

  private final Map<String, List<Took>> byObject = new HashMap<>();

  /** So many partitions at once, in so many seconds. */
  private record Took(long partitions, double seconds) {}

  /** What an attempt made of an object: how many partitions, and when it ended. */
  private record Made(String object, long partitions, Instant until) {
    Made with(LedgerEntry entry) {
      Instant later = entry.finishedAt().isAfter(until) ? entry.finishedAt() : until;
      return new Made(object, partitions + 1, later);
    }
  }

  Pace(LedgerView ledger, Collection<String> objects) {
    Map<String, Map<String, Made>> attempts = new HashMap<>();
    for (String object : objects) {
      for (LedgerEntry entry : ledger.partitions(object).values()) {
        if (entry.status() == Status.DONE && !entry.attempt().isEmpty()) {
          attempts
              .computeIfAbsent(entry.attempt(), attempt -> new HashMap<>())
              .compute(
                  object,
                  (name, made) ->
                      (made == null ? new Made(name, 0, entry.finishedAt()) : made).with(entry));
        }
      }
    }

    attempts.values().forEach(made -> take(made.values()));
  }

  private void take(Collection<Made> attempt) {
    List<Made> inOrder =
        attempt.stream()
            .sorted(Comparator.comparing(Made::until).thenComparing(Made::object))
            .toList();
    for (int i = 1; i < inOrder.size(); i++) {
      Made made = inOrder.get(i);
      Duration took = Duration.between(inOrder.get(i - 1).until(), made.until());
      if (took.compareTo(LONGEST) < 0) {
        byObject
            .computeIfAbsent(made.object(), object -> new ArrayList<>())
            .add(new Took(made.partitions(), took.toMillis() / 1000.0));
      }
    }
  }

  /**
   * How long so many partitions of an object may take, by the attempt that made about as many, the
   * shortest of those: others waited for something. More than it made take longer in proportion.
   *
   * @return empty if no attempt says it
   */
  OptionalDouble seconds(String object, long partitions) {
    return byObject.getOrDefault(object, List.of()).stream()
        .min(
            Comparator.<Took>comparingDouble(
                    took -> Math.abs(Math.log((double) took.partitions() / partitions)))
                .thenComparingDouble(Took::seconds))
        .map(took -> took.seconds() * Math.max(1, (double) partitions / took.partitions()))
        .map(OptionalDouble::of)
        .orElseGet(OptionalDouble::empty);
  }
}
