package org.millrace.orchestration.launch;

import java.util.regex.Pattern;

/**
 * Which settings may be shown: the rule of Spark's own redaction, and addresses with a password.
 */
public final class Redaction {
  /** What is shown in place of a value; Spark prints the same. */
  static final String REDACTED = "*********(redacted)";

  /** Spark's default for {@code spark.redaction.regex}. */
  private static final Pattern SECRET = Pattern.compile("(?i)secret|password|token|access[.]?key");

  /** {@code scheme://user:password@host}; a user alone is no secret. */
  private static final Pattern USER_INFO = Pattern.compile("//[^/?#@\\s]*:[^/?#\\s]*@");

  private Redaction() {}

  /** The value, unless it or its key looks like a secret. */
  static String value(String key, String value) {
    return looksSecret(key) || looksSecret(value) ? REDACTED : value;
  }

  /** A JVM option such as {@code -Dkey=value}, without its value if it looks like a secret. */
  static String option(String option) {
    if (!looksSecret(option)) {
      return option;
    }

    int equals = option.indexOf('=');
    return equals < 0 ? REDACTED : option.substring(0, equals + 1) + REDACTED;
  }

  /** True if the address carries a password: {@code scheme://user:password@host}. */
  public static boolean hasPassword(String address) {
    return USER_INFO.matcher(address).find();
  }

  /** The address without user and password: {@code scheme://***@host}. */
  public static String masked(String address) {
    return USER_INFO.matcher(address).replaceAll("//***@");
  }

  private static boolean looksSecret(String text) {
    return SECRET.matcher(text).find() || hasPassword(text);
  }
}
