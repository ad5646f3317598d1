package org.millrace.jobs.sql;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.JavaModuleOptions;
import org.millrace.contracts.SqlServerState;
import org.millrace.jobs.Main;
import org.millrace.jobs.metastore.MetastoreAddress;
import org.millrace.jobs.testing.TestRooms;

/** {@code sql --serve} of a lake as a process of its own, with the shipped definitions. */
final class ServerProcess implements AutoCloseable {
  private static final long START_LIMIT_SECONDS = 240;

  private final Process process;
  private final Path lake;
  private final Path log;

  private ServerProcess(Process process, Path lake, Path log) {
    this.process = process;
    this.lake = lake;
    this.log = log;
  }

  /** Starts it and waits until it says where it is. */
  static ServerProcess start(Path lake, Path log, String... more)
      throws IOException, InterruptedException {
    Path temporary = Files.createDirectories(log.resolveSibling("tmp"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Djava.io.tmpdir=" + temporary,
            "-Dspark.master=local[2]",
            "-Dspark.ui.enabled=false",
            "-Dspark.driver.host=127.0.0.1",
            "-Dspark.driver.bindAddress=127.0.0.1",
            "-Dderby.stream.error.file=" + log + ".derby"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("sql", "--serve", "--port", Integer.toString(freePort())));
    command.addAll(List.of("--conf", TestRooms.HOME.resolve("conf").toString()));
    command.addAll(List.of("--home", TestRooms.HOME.toString()));
    command.addAll(List.of("--lake", lake.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SERVERS_SECRET", "swordfish");
    ServerProcess server = new ServerProcess(builder.start(), lake, log);
    server.awaitAnnouncement();
    return server;
  }

  private void awaitAnnouncement() throws InterruptedException {
    long start = System.nanoTime();
    while (MetastoreAddress.server(lake).isEmpty()) {
      boolean isLate = System.nanoTime() - start > TimeUnit.SECONDS.toNanos(START_LIMIT_SECONDS);
      if (isLate || !process.isAlive()) {
        close();
        throw new AssertionError("The server did not come up:\n" + log());
      }

      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  SqlServerState announced() {
    return MetastoreAddress.server(lake).orElseThrow();
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An analyst's connection.
   *
   * @param more what follows the database in the address
   */
  Connection connect(String more) throws SQLException {
    String url = "jdbc:hive2://127.0.0.1:" + announced().port() + "/default" + more;
    return requireNonNull(DriverManager.getConnection(url, "analyst", ""), "no connection");
  }

  /** The rows of a statement, their values as texts. */
  static List<List<String>> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      List<List<String>> rows = new ArrayList<>();
      if (!statement.execute(sql)) {
        return rows;
      }

      try (ResultSet result = requireNonNull(statement.getResultSet(), "no result set")) {
        while (result.next()) {
          List<String> row = new ArrayList<>();
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            row.add(String.valueOf(result.getString(i)));
          }

          rows.add(row);
        }
      }

      return rows;
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
    process.destroyForcibly().onExit().join();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
