package org.millrace.orchestration.service;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.SqlServerState;
import org.millrace.orchestration.launch.ProcessTree;

/**
 * The SQL server of a lake: Spark's Thrift server, which says where it is in {@code
 * <lake>/metastore/server.json}, whoever started it. Not thread-safe.
 */
public final class SqlServer {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final Path lake;
  private final Service service;

  /**
   * @param lake directory of the lake
   * @param service the server that is started here
   */
  public SqlServer(Path lake, Service service) {
    this.lake = requireNonNull(lake, "lake is null");
    this.service = requireNonNull(service, "service is null");
  }

  /** JDBC address of the server where one is up. */
  public Optional<String> url() {
    return SqlServerState.read(lake)
        .filter(server -> server.process().isPresent() && Ports.answers(server.port()))
        .map(server -> "jdbc:hive2://127.0.0.1:" + server.port() + "/default");
  }

  /** True if the server that is up lets its clients do more than read. */
  public boolean allowsWrites() {
    return SqlServerState.read(lake).map(SqlServerState::allowsWrites).orElse(false);
  }

  /**
   * Starts a server in the background, unless one is up.
   *
   * @param port its port, as the command says it too
   * @return true where it was started, false where one was up
   */
  public boolean start(List<String> command, Map<String, String> environment, int port) {
    if (url().isPresent()) {
      return false;
    }

    stop(); // one that runs and does not answer
    service.start(command, environment, port, () -> url().isPresent(), START_LIMIT);
    return true;
  }

  /** Stops the server, whoever started it; true where it ran. */
  public boolean stop() {
    boolean ours = service.stop();
    Optional<ProcessHandle> other = SqlServerState.read(lake).flatMap(SqlServerState::process);
    if (other.isPresent() && !ProcessTree.end(other.get(), Duration.ofSeconds(15))) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot stop the SQL server: process " + other.get().pid() + " does not end");
    }

    return ours || other.isPresent();
  }
}
