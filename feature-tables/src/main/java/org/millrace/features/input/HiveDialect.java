package org.millrace.features.input;

import java.util.Locale;
import org.apache.spark.sql.jdbc.JdbcDialect;

/**
 * How HiveServer2, and Spark's own server of that kind, write SQL: names in back quotes. Without it
 * Spark asks for texts in double quotes, and each row has the name of the column as its value.
 */
final class HiveDialect extends JdbcDialect {
  private static final long serialVersionUID = 1L;

  /** Else its columns have the table's name before them. */
  private static final String PLAIN_NAMES = "hive.resultset.use.unique.column.names=false";

  @Override
  public boolean canHandle(String url) {
    return isHive(url);
  }

  @Override
  public String quoteIdentifier(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  static boolean isHive(String url) {
    return url.toLowerCase(Locale.ROOT).startsWith("jdbc:hive2:");
  }

  /** The address whose results have plain names. */
  static String withPlainNames(String url) {
    if (!isHive(url) || url.contains("use.unique.column.names")) {
      return url;
    }

    int end = url.indexOf('#') < 0 ? url.length() : url.indexOf('#');
    String before = url.substring(0, end);
    return before + (before.contains("?") ? ";" : "?") + PLAIN_NAMES + url.substring(end);
  }
}
