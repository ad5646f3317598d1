package org.millrace.features.window;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads aggregates as people write them: {@code avg(dep_delay) over 3h, 7d as late where ...}. */
final class WindowText {
  private static final Pattern FORM =
      Pattern.compile(
          "\\s*(?<function>\\w+)\\s*\\(\\s*((?<column>`[^`]+`|\\w+)\\s*(,\\s*(?<number>[0-9.]+)\\s*)?)?\\)"
              + "\\s+over\\s+(?<windows>[0-9]+\\s*\\w+(\\s*,\\s*[0-9]+\\s*\\w+)*?)"
              + "(\\s+as\\s+(?<name>\\w+))?(\\s+where\\s+(?<condition>.+))?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern LENGTH =
      Pattern.compile("(?<count>[0-9]{1,9})\\s*(?<unit>s|m|h|d|(second|minute|hour|day)s?)");

  private WindowText() {}

  /** One window for each length, each with the one aggregate. Throws DEFINITION. */
  static List<EventWindows.Window> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw Aggregate.definition(
          "'" + text + "': it is not like 'avg(column) over 3h, 7d as name where condition'");
    }

    Aggregate aggregate = aggregate(text, form);
    if (form.group("name") != null) {
      aggregate = aggregate.as(form.group("name"));
    }
    if (form.group("condition") != null) {
      aggregate = aggregate.where(form.group("condition").strip());
    }

    List<EventWindows.Window> windows = new ArrayList<>();
    for (String length : form.group("windows").split(",", -1)) {
      windows.add(new EventWindows.Window(length(text, length.strip()), List.of(aggregate)));
    }

    return windows;
  }

  private static Aggregate aggregate(String text, Matcher form) {
    String function = form.group("function").toLowerCase(Locale.ROOT);
    if (form.group("column") == null) {
      if (function.equals("count")) {
        return Aggregate.count();
      }

      throw Aggregate.definition("'" + text + "': " + function + " needs a column");
    }

    String column = form.group("column").replace("`", "");
    String number = form.group("number");
    boolean needsNumber = function.equals("last") || function.equals("quantile");
    if (needsNumber != (number != null)) {
      throw Aggregate.definition(
          "'" + text + "': last and quantile take a number behind the column, and no other does");
    }

    return switch (function) {
      case "count" -> Aggregate.count(column);
      case "sum" -> Aggregate.sum(column);
      case "avg" -> Aggregate.avg(column);
      case "stddev" -> Aggregate.stddev(column);
      case "min" -> Aggregate.min(column);
      case "max" -> Aggregate.max(column);
      case "count_distinct" -> Aggregate.countDistinct(column);
      case "last" -> Aggregate.last(column, (int) number(text, number));
      case "quantile" -> Aggregate.quantile(column, number(text, number));
      default ->
          throw Aggregate.definition(
              "'"
                  + text
                  + "': there is no function "
                  + function
                  + "; there are count, sum, avg, stddev, min, max, count_distinct, last, quantile");
    };
  }

  private static double number(String text, String number) {
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException e) {
      throw Aggregate.definition("'" + text + "': " + number + " is no number");
    }
  }

  private static Duration length(String text, String length) {
    Matcher parts = LENGTH.matcher(length.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw Aggregate.definition(
          "'" + text + "': " + length + " is no length of a window such as 90s, 30m, 3h or 7 days");
    }

    long count = Long.parseLong(parts.group("count"));
    return switch (parts.group("unit").charAt(0)) {
      case 's' -> Duration.ofSeconds(count);
      case 'm' -> Duration.ofMinutes(count);
      case 'h' -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }
}
