package org.millrace.jobs.failure;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;

/**
 * One throwable of a chain, or what is left of one in the text of a failed task.
 *
 * @param type full name of its class
 * @param errorClass Spark's or Delta's name of the error, or empty
 * @param parameters what the error is about, by Spark's names; empty if only text is left
 * @param message its message, or empty
 * @param throwable the throwable itself; empty if only text is left
 */
record Cause(
    String type,
    String errorClass,
    Map<String, String> parameters,
    String message,
    Optional<Throwable> throwable) {
  private static final Pattern ERROR_CLASS = Pattern.compile("^\\s*\\[([A-Z][A-Z0-9_.]+)\\]");

  static Cause of(Throwable throwable) {
    String message = String.valueOf(throwable.getMessage());
    if (throwable instanceof SparkThrowable spark && spark.getErrorClass() != null) {
      return new Cause(
          throwable.getClass().getName(),
          spark.getErrorClass(),
          Map.copyOf(spark.getMessageParameters()),
          message,
          Optional.of(throwable));
    }

    return new Cause(
        throwable.getClass().getName(),
        errorClass(message),
        Map.of(),
        throwable.getMessage() == null ? "" : message,
        Optional.of(throwable));
  }

  static Cause ofText(String type, String message) {
    return new Cause(type, errorClass(message), Map.of(), message, Optional.empty());
  }

  private static String errorClass(String message) {
    Matcher matcher = ERROR_CLASS.matcher(message);
    return matcher.find() ? matcher.group(1) : "";
  }

  /** The type without its package. */
  String simpleType() {
    return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
  }

  boolean isOneOf(String... simpleTypes) {
    for (String simple : simpleTypes) {
      if (simpleType().equals(simple)) {
        return true;
      }
    }

    return false;
  }

  /** True if the message has one of these texts, in any case. */
  boolean says(String... texts) {
    String lowerCase = message.toLowerCase(Locale.ROOT);
    for (String text : texts) {
      if (lowerCase.contains(text.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }

    return false;
  }

  /** True if the error class begins with one of these. */
  boolean isError(String... prefixes) {
    for (String prefix : prefixes) {
      if (errorClass.startsWith(prefix)) {
        return true;
      }
    }

    return false;
  }

  /** A part of the message; empty if the pattern is not in it. */
  Optional<String> find(Pattern pattern, int group) {
    Matcher matcher = pattern.matcher(message);
    return matcher.find() ? Optional.ofNullable(matcher.group(group)) : Optional.empty();
  }

  /** A parameter of Spark's error; empty if there is none of that name. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }
}
