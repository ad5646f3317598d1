package org.millrace.contracts.definition;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Standing rules of a raw table, as its source sets them. They hold without being asked for.
 *
 * @param keys columns that no two rows of a day (or of a table without days) agree in, and that are
 *     never null; empty for no such rule
 * @param nullDays what rows without a day mean; only of a table with days
 * @param infinities what an infinite number in a column means
 * @param volumeTimes a day of this many times its usual rows or more is refused, more than 1; empty
 *     for none number
 */
public record SourceRules(
    List<String> keys, NullDays nullDays, Infinities infinities, Optional<Double> volumeTimes) {
  /** How many times its usual rows a day may have if the source does not say. */
  public static final double DEFAULT_VOLUME_TIMES = 10;

  static final String DEFAULT_VOLUME = word(Optional.of(DEFAULT_VOLUME_TIMES));

  private static final String OFF = "off";

  /** What rows without a day mean. */
  public enum NullDays {
    /** The source is broken: nothing of it is published. */
    FAIL,
    /** They are left out, and counted as refused. */
    DROP
  }

  /** What an infinite number means. */
  public enum Infinities {
    /** The source is broken: nothing of it is published. */
    FAIL,
    /** It is a value as any other. */
    ALLOW
  }

  /** Copies the list. */
  public SourceRules {
    keys = List.copyOf(keys);
  }

  static SourceRules read(DefinitionNode node) {
    List<String> keys = node.strings("keys");
    if (new HashSet<>(keys).size() < keys.size()) {
      node.error("keys", "'keys': a column is listed twice in " + keys);
    }

    return new SourceRules(
        keys,
        node.choice("null-days", NullDays.class, NullDays.FAIL),
        node.choice("infinities", Infinities.class, Infinities.FAIL),
        volume(node));
  }

  /** A {@code volume} as it is written in a definition. */
  static String word(Optional<Double> volumeTimes) {
    return volumeTimes.map(times -> Double.toString(times)).orElse(OFF);
  }

  /** The {@code volume} of a source or view; empty if it is off. */
  static Optional<Double> volume(DefinitionNode node) {
    String text = node.optionalString("volume").orElse(Double.toString(DEFAULT_VOLUME_TIMES));
    if (text.equals(OFF)) {
      return Optional.empty();
    }

    try {
      double times = Double.parseDouble(text);
      if (times > 1 && Double.isFinite(times)) {
        return Optional.of(times);
      }
    } catch (NumberFormatException e) {
      // told below, as a number out of bounds is
    }

    node.error("volume", "'volume': expected a number above 1, or off, found '" + text + "'");
    return Optional.of(DEFAULT_VOLUME_TIMES);
  }
}
