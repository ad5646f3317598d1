package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A table of a database, as a definition or the command line names it.
 *
 * @param url such as {@code jdbc:postgresql://host/sales} or {@code jdbc:hive2://host:10000/sales};
 *     without a password
 * @param table such as {@code public.loans}
 */
public record JdbcTable(String url, String table) {
  private static final String PREFIX = "jdbc:";
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)\\w*(password|passwd|pwd|secret|token)\\s*=|//[^/@]*:[^@]*@|thin:[^/@]+/[^@]+@");

  /** Refuses absent parts. */
  public JdbcTable {
    requireNonNull(url, "url is null");
    requireNonNull(table, "table is null");
  }

  /** Whether a location is of this kind, and no file's. */
  public static boolean isMeant(String location) {
    return location.startsWith(PREFIX);
  }

  /** Why a location of this kind cannot be used; empty if it can. Does not repeat the address. */
  public static Optional<String> problem(String location) {
    return new JdbcTable(location, "").problem();
  }

  /** Reads {@code URL#TABLE}; empty if it is not of this form. */
  public static Optional<JdbcTable> parse(String location) {
    int hash = location.lastIndexOf('#');
    return isMeant(location) && hash > PREFIX.length() && hash < location.length() - 1
        ? Optional.of(new JdbcTable(location.substring(0, hash), location.substring(hash + 1)))
        : Optional.empty();
  }

  /** Why its address cannot be used; empty if it can. Does not repeat the address. */
  public Optional<String> problem() {
    if (!isMeant(url)) {
      return Optional.of("expected an address such as jdbc:postgresql://host/sales");
    }

    return SECRET.matcher(url).find()
        ? Optional.of(
            "an address with a password is not used; give it as MILLRACE_JDBC_PASSWORD in the environment")
        : Optional.empty();
  }

  /** {@code public.loans of jdbc:postgresql://host/sales}: without the options of the address. */
  @Override
  public String toString() {
    return table + " of " + url.replaceFirst("[?;].*", "");
  }
}
