package org.millrace.orchestration.sql;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How a query is asked so that its values can be read: the server writes a STRUCT, MAP or ARRAY as
 * a text that no program can read back, so such a column is asked for as JSON.
 *
 * @param query to be run
 * @param labels of its columns; empty for those of the result
 * @param nested columns, from 1 on, whose values come as {@code {"v":...}}
 */
record QueryShape(String query, List<String> labels, Set<Integer> nested) {
  private static final Pattern COMMENTS =
      Pattern.compile("(?s)^(\\s+|--[^\n]*(\n|$)|/\\*.*?\\*/)+");
  private static final String QUERY = "(?is)\\s*(select|with|table|values|from|\\()\\b?.*";

  /** Copies the collections. */
  QueryShape {
    labels = List.copyOf(labels);
    nested = Set.copyOf(nested);
  }

  /** Asked as it is. */
  static QueryShape plain(String query) {
    return new QueryShape(query, List.of(), Set.of());
  }

  /**
   * Asks the server for the types of a query. One that it refuses is asked as it is, which gives
   * the error of the query itself.
   */
  static QueryShape of(Connection connection, String query) {
    if (!COMMENTS.matcher(query).replaceFirst("").matches(QUERY)) {
      return plain(query);
    }

    List<String> names = new ArrayList<>();
    List<String> types = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet columns = statement.executeQuery("DESCRIBE QUERY " + query)) {
      while (columns.next()) {
        names.add(columns.getString(1));
        types.add(columns.getString(2));
      }
    } catch (SQLException e) {
      return plain(query);
    }

    return of(query, names, types);
  }

  static QueryShape of(String query, List<String> names, List<String> types) {
    Set<Integer> nested = new TreeSet<>();
    List<String> aliases = new ArrayList<>();
    List<String> selected = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      String alias = "c" + (i + 1);
      aliases.add(alias);
      if (isNested(types.get(i))) {
        nested.add(i + 1);
        selected.add(
            "to_json(named_struct('v', %s), map('ignoreNullFields', 'false')) AS %s"
                .formatted(alias, alias));
      } else {
        selected.add(alias);
      }
    }

    return nested.isEmpty()
        ? plain(query)
        : new QueryShape(
            "SELECT %s FROM (%s%n) AS q(%s)"
                .formatted(
                    String.join(", ", selected),
                    query.strip().replaceFirst(";\\s*$", ""),
                    String.join(", ", aliases)),
            names,
            nested);
  }

  /** Intervals have no JSON. */
  private static boolean isNested(String type) {
    return type.matches("(struct|map|array)<.*") && !type.contains("interval");
  }

  /** The labels of its columns. */
  List<String> labels(ResultSet rows) throws SQLException {
    if (!labels.isEmpty()) {
      return labels;
    }

    ResultSetMetaData metaData = rows.getMetaData();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= metaData.getColumnCount(); i++) {
      names.add(requireNonNull(metaData.getColumnLabel(i), "label is null"));
    }

    return names;
  }
}
