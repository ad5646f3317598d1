package org.millrace.contracts.definition;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * An aggregate over windows as people write it: {@code avg(dep_delay) over 3h, 7 days as late where
 * carrier = 'AA'}; {@code as} and {@code where} may be left out.
 *
 * @param function what is computed
 * @param column of the events; empty for a count of events
 * @param parameter how many last values, millionths of a quantile, else 0
 * @param windows lengths, at least one
 * @param name in place of column and function
 * @param condition Spark SQL over the event's columns; empty for all events
 */
public record AggregateText(
    AggregateFunction function,
    Optional<String> column,
    long parameter,
    List<Duration> windows,
    Optional<String> name,
    Optional<String> condition) {

  /** The longest window there can be: 10,000 years. */
  public static final Duration LONGEST = Duration.ofDays(3_660_000);

  /** The most values that {@code last} gives. */
  public static final int MOST_LAST = 10_000;

  private static final Pattern FORM =
      Pattern.compile(
          "\\s*(?<function>\\w+)\\s*\\(\\s*((?<column>`[^`]+`|\\w+)\\s*(,\\s*(?<number>[0-9.]+)\\s*)?)?\\)"
              + "\\s+over\\s+(?<windows>[0-9]+\\s*\\w+(\\s*,\\s*[0-9]+\\s*\\w+)*?)"
              + "(\\s+as\\s+(?<name>\\w+))?(\\s+where\\s+(?<condition>.+))?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern LENGTH =
      Pattern.compile("(?<count>[0-9]{1,9})\\s*(?<unit>s|m|h|d|(second|minute|hour|day)s?)");

  /** Copies the list. */
  public AggregateText {
    windows = List.copyOf(windows);
  }

  /** Reads a text; throws DEFINITION where it is not understood. */
  public static AggregateText parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw wrong(text, "it is not like 'avg(column) over 3h, 7d as name where condition'");
    }

    AggregateFunction function = function(text, form.group("function"));
    Optional<String> column =
        Optional.ofNullable(form.group("column")).map(name -> name.replace("`", ""));
    if (column.isEmpty() && function != AggregateFunction.COUNT) {
      throw wrong(text, function.word() + " needs a column");
    }

    List<Duration> windows = new ArrayList<>();
    for (String length : form.group("windows").split(",", -1)) {
      windows.add(length(text, length.strip()));
    }

    return new AggregateText(
        function,
        column,
        parameter(text, function, Optional.ofNullable(form.group("number"))),
        windows,
        Optional.ofNullable(form.group("name")),
        Optional.ofNullable(form.group("condition")).map(String::strip));
  }

  private static AggregateFunction function(String text, String word) {
    return AggregateFunction.of(word)
        .orElseThrow(
            () ->
                wrong(
                    text,
                    "there is no function "
                        + word.toLowerCase(Locale.ROOT)
                        + "; there are "
                        + AggregateFunction.words()));
  }

  private static long parameter(String text, AggregateFunction function, Optional<String> number) {
    if (function.hasParameter() != number.isPresent()) {
      throw wrong(text, "last and quantile take a number behind the column, and no other does");
    }

    return number.map(given -> parameter(text, function, given)).orElse(0L);
  }

  private static long parameter(String text, AggregateFunction function, String number) {
    try {
      boolean isShare = function == AggregateFunction.QUANTILE;
      BigDecimal least = isShare ? BigDecimal.ZERO : BigDecimal.ONE;
      BigDecimal most = BigDecimal.valueOf(isShare ? 1 : MOST_LAST);
      BigDecimal value = new BigDecimal(number);
      if (value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
        return value.movePointRight(isShare ? 6 : 0).longValueExact();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw wrongNumber(text, function, number, e);
    }

    throw wrongNumber(text, function, number, null);
  }

  private static MillraceException wrongNumber(
      String text, AggregateFunction function, String number, @Nullable Exception cause) {
    String allowed =
        function == AggregateFunction.QUANTILE
            ? "between 0 and 1 with at most six decimals"
            : "1 to " + MOST_LAST;
    return new MillraceException(
        ErrorCategory.DEFINITION, message(text, number + " is not " + allowed), cause);
  }

  private static Duration length(String text, String length) {
    Matcher parts = LENGTH.matcher(length.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw wrong(text, length + " is no length of a window such as 90s, 30m, 3h or 7 days");
    }

    long count = Long.parseLong(parts.group("count"));
    Duration window =
        switch (parts.group("unit").charAt(0)) {
          case 's' -> Duration.ofSeconds(count);
          case 'm' -> Duration.ofMinutes(count);
          case 'h' -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        };
    if (window.isZero() || window.compareTo(LONGEST) > 0) {
      throw wrong(text, "a window of " + length + " is not longer than 0, at most 10,000 years");
    }

    return window;
  }

  private static MillraceException wrong(String text, String problem) {
    return new MillraceException(ErrorCategory.DEFINITION, message(text, problem));
  }

  private static String message(String text, String problem) {
    return "Cannot aggregate '" + text + "': " + problem;
  }
}
