package org.millrace.orchestration.sql;

import static java.util.Objects.requireNonNull;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs queries over JDBC and prints their rows; the program of a child JVM on Spark's jars. Uses
 * the JDK and Jackson alone, because nothing else of ours is on that class path.
 *
 * <p>Arguments: JDBC address, format, then the queries.
 */
public final class SqlClient {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int BAD_QUERY = 64;
  private static final int NO_SERVER = 69;

  private static final int MESSAGE_LINES = 8;
  private static final Pattern EXCEPTION_NAMES = Pattern.compile("(?s)^.*Exception:\\s*");

  private SqlClient() {}

  /**
   * Exits with 64 for a query that Spark refuses or whose rows it cannot compute, 69 for a server
   * that does not answer.
   */
  public static void main(String[] arguments) throws IOException {
    Locale.setDefault(Locale.ENGLISH); // texts are alike on all machines; Derby refuses ROOT
    List<String> list = Arrays.asList(arguments);
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    SqlFormat format = SqlFormat.valueOf(list.get(1).toUpperCase(Locale.ROOT));
    int exitCode = run(list.get(0), format, list.subList(2, list.size()), out);
    out.flush();
    System.exit(exitCode); // the driver leaves threads behind
  }

  private static int run(String url, SqlFormat format, List<String> queries, PrintStream out)
      throws IOException {
    RowPrinter printer = RowPrinter.of(format, out);
    try (Connection connection =
        DriverManager.getConnection(url, System.getProperty("user.name"), "")) {
      for (String query : queries) {
        execute(connection, query, printer);
      }

      return DONE;
    } catch (SQLException e) {
      out.flush();
      System.err.println("Cannot run the query: " + shortened(String.valueOf(e.getMessage())));
      return exitCode(e);
    }
  }

  private static void execute(Connection connection, String query, RowPrinter printer)
      throws SQLException, IOException {
    QueryShape shape = QueryShape.of(connection, query);
    try (Statement statement = connection.createStatement()) {
      if (statement.execute(shape.query())) {
        try (ResultSet rows = requireNonNull(statement.getResultSet(), "no result set")) {
          printer.print(rows, shape);
        }
      }
    }
  }

  private static int exitCode(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause.getClass().getSimpleName().equals("TTransportException")) {
        return NO_SERVER; // it ended, or was stopped
      }
    }

    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.startsWith("08")) {
      return NO_SERVER;
    }

    return state.startsWith("XX") ? FAILED : BAD_QUERY; // a defect; else the query, or its rows
  }

  /**
   * What a person needs of Spark's message: without the names of the exceptions before it, and
   * without the query plan and the stack trace after it.
   */
  static String shortened(String message) {
    String whole =
        message
            .lines()
            .takeWhile(line -> !line.startsWith("\tat ") && !line.startsWith("'"))
            .filter(line -> !line.isBlank())
            .limit(MESSAGE_LINES)
            .collect(Collectors.joining("\n  "));
    return EXCEPTION_NAMES.matcher(whole).replaceFirst("");
  }
}
