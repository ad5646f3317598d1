package org.millrace.orchestration.it;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * {@code millrace sql --serve} of the shared lake, and an analyst's connection to it: Hive's own
 * JDBC driver with Spark's other jars, in a class loader that sees the JDK alone besides.
 */
final class SqlService {
  private static final String DRIVER = "org.apache.hive.jdbc.HiveDriver";

  private final Connection connection;

  private SqlService(Connection connection) {
    this.connection = connection;
  }

  static SqlService start(SharedLake lake) {
    int port = freePort();
    RunningCommand server =
        lake.start(
            lake.path(),
            "sql",
            "--serve",
            "--allow-writes", // tests compare tables with those of other lakes, by path
            "--port",
            Integer.toString(port),
            "--conf",
            lake.definitionsDirectory().toString());
    Path announcement = lake.path().resolve("metastore/server.json");
    server.awaitThat("it served", () -> Files.exists(announcement) && answers(port));
    return new SqlService(connect("jdbc:hive2://127.0.0.1:" + port + "/default"));
  }

  /** The one connection, open as long as the server is. */
  Connection connection() {
    return connection;
  }

  /** The rows of a query, each value as text; null as {@code NULL}. One query at a time. */
  synchronized List<List<String>> rows(String query) {
    try (Statement statement = connection.createStatement();
        ResultSet result = requireNonNull(statement.executeQuery(query), "no result set")) {
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          String text = result.getString(i);
          row.add(text == null ? "NULL" : text);
        }

        rows.add(row);
      }

      return rows;
    } catch (SQLException e) {
      throw new AssertionError("Query failed: " + query + "\n" + e.getMessage(), e);
    }
  }

  /** The one whole number that a query gives. */
  long number(String query) {
    return Long.parseLong(rows(query).get(0).get(0));
  }

  /** Rows of the one query that the other has not, and the other way round, doubles counted. */
  long differences(String query, String other) {
    String difference = "SELECT count(*) FROM (%s EXCEPT ALL %s)";
    return number(difference.formatted(query, other)) + number(difference.formatted(other, query));
  }

  /** How a query names a table of any lake. */
  static String table(Path lake, String table) {
    return "delta.`" + lake + "/warehouse/" + table.replace(".", ".db/") + "`";
  }

  private static Connection connect(String url) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      URLClassLoader loader = new URLClassLoader(jars(), ClassLoader.getPlatformClassLoader());
      thread.setContextClassLoader(loader);
      Driver driver =
          loader.loadClass(DRIVER).asSubclass(Driver.class).getDeclaredConstructor().newInstance();
      Properties user = new Properties();
      user.setProperty("user", "analyst");
      return requireNonNull(driver.connect(url, user), "the driver does not know " + url);
    } catch (ReflectiveOperationException | SQLException e) {
      throw new AssertionError("Cannot connect to " + url, e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URL[] jars() {
    try (Stream<Path> jars = Files.list(MillraceHome.sparkJars())) {
      List<URL> urls = new ArrayList<>();
      for (Path jar : jars.sorted().toList()) {
        urls.add(jar.toUri().toURL());
      }

      return urls.toArray(URL[]::new);
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
