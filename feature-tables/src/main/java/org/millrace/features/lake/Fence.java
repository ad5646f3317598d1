package org.millrace.features.lake;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fencing numbers of the leases under which a table is written. Delta keeps each number in the
 * table itself as a set transaction. A commit with a number smaller than the recorded one fails.
 *
 * @param numbers fencing number, at least 0, by application id, such as {@code
 *     lease/features.origin_weather/2013-12-01}; empty for no fence
 */
public record Fence(Map<String, Long> numbers) {
  /** Guards nothing. */
  public static final Fence NONE = new Fence(Map.of());

  /** Checks the numbers and copies the map, in the order of the ids. */
  public Fence {
    numbers.forEach(
        (id, number) -> {
          if (id.isBlank() || number < 0) {
            throw new IllegalArgumentException(
                "Cannot fence by '" + id + "' with number " + number + ": the lowest is 0");
          }
        });
    numbers = Collections.unmodifiableMap(new TreeMap<>(numbers));
  }

  /** Guards what both guard. */
  public Fence and(Fence other) {
    Map<String, Long> both = new TreeMap<>(numbers);
    both.putAll(other.numbers);
    return new Fence(both);
  }
}
