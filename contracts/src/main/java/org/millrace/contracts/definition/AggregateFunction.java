package org.millrace.contracts.definition;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What can be computed over the events of a window. */
public enum AggregateFunction {
  COUNT,
  SUM,
  AVG,
  STDDEV,
  MIN,
  MAX,
  COUNT_DISTINCT,
  LAST,
  QUANTILE;

  private static final Set<String> WHOLE = Set.of("tinyint", "smallint", "int", "bigint");
  private static final Set<String> FLOATING = Set.of("float", "double");
  private static final Set<String> OTHERS =
      Set.of("boolean", "string", "date", "timestamp", "timestamp_ntz");
  private static final Map<String, String> SYNONYMS =
      Map.of(
          "byte",
          "tinyint",
          "short",
          "smallint",
          "integer",
          "int",
          "long",
          "bigint",
          "real",
          "float");

  /** The function of a word, in any case. */
  static Optional<AggregateFunction> of(String word) {
    return Arrays.stream(values())
        .filter(function -> function.word().equals(word.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /** All words, for messages. */
  static String words() {
    return Arrays.stream(values()).map(AggregateFunction::word).collect(Collectors.joining(", "));
  }

  /** As it is written: {@code count_distinct}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a number stands behind the column. */
  public boolean hasParameter() {
    return this == LAST || this == QUANTILE;
  }

  /** Whether values must be numbers. */
  public boolean needsNumbers() {
    return this == SUM || this == AVG || this == STDDEV;
  }

  /**
   * Whether partial aggregates of whole days can serve it: it can be put together of parts, exactly
   * (is decomposable), and a day fits into the window.
   */
  public boolean canBeKeptDaily(Duration window) {
    boolean isDecomposable = this != COUNT_DISTINCT && this != QUANTILE;
    return isDecomposable && window.compareTo(Duration.ofDays(1)) > 0;
  }

  /** Whether the result is null where the window has no value. */
  public boolean isNullable() {
    return this != COUNT && this != COUNT_DISTINCT;
  }

  /**
   * The SQL type of the result, in lower case.
   *
   * @param column SQL type of the values; without meaning for a count
   * @return empty where there is none of such values
   */
  Optional<String> result(String column) {
    String type = plain(column);
    boolean isNumber = WHOLE.contains(type) || FLOATING.contains(type);
    if (this == COUNT) {
      return Optional.of("bigint");
    }
    if (!isNumber && (needsNumbers() || !OTHERS.contains(type))) {
      return Optional.empty();
    }

    return Optional.of(
        switch (this) {
          case COUNT, COUNT_DISTINCT -> "bigint";
          case SUM -> WHOLE.contains(type) ? "bigint" : "double";
          case AVG, STDDEV -> "double";
          case MIN, MAX, QUANTILE -> type;
          case LAST -> "array<" + type + ">";
        });
  }

  /** A type in lower case, without blanks, by its usual name. */
  static String plain(String type) {
    String lower = type.toLowerCase(Locale.ROOT).replaceAll("\\s", "");
    if (lower.startsWith("array<") && lower.endsWith(">")) {
      return "array<" + plain(lower.substring("array<".length(), lower.length() - 1)) + ">";
    }

    return SYNONYMS.getOrDefault(lower, lower);
  }
}
