package org.millrace.orchestration;

import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.orchestration.launch.EndingGuard;
import org.millrace.orchestration.launch.SparkSubmission;
import org.millrace.orchestration.service.Ports;
import org.millrace.orchestration.service.Service;
import org.millrace.orchestration.service.SqlServer;

/** Finds the SQL server of the lake, or starts one. */
final class SqlSession {
  private static final String MEMORY = "2g";

  private final CommandContext context;
  private final JobLauncher launcher;
  private final SqlServer server;

  SqlSession(CommandContext context, JobLauncher launcher) {
    this.context = context;
    this.launcher = launcher;
    this.server = new SqlServer(launcher.lakeDirectory(), service(context));
  }

  /** The server that was started in the background. */
  static Service service(CommandContext context) {
    return new Service("the SQL server", context.state().resolve("sql"));
  }

  SqlServer server() {
    return server;
  }

  /** The call that serves in the foreground. */
  SparkSubmission serving(int port) {
    return launcher.submission(List.of("sql", "--serve", "--port", Integer.toString(port)), MEMORY);
  }

  /** The wanted port, or the definitions' where 0 is given. */
  int port(int wanted) {
    return wanted > 0 ? wanted : launcher.definitions().platform().sqlPort();
  }

  /**
   * Starts a server in the background, unless one is up.
   *
   * @return its JDBC address
   */
  String up() {
    int port = Ports.freePort(port(0));
    SparkSubmission submission = serving(port);
    server.start(submission.command(), submission.environment(), port);
    return server
        .url()
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.EXTERNAL,
                    "Cannot reach the SQL server: it ended after its start"));
  }

  /** Hands a server's address on; one that had to be started for it is stopped afterwards. */
  int with(ToIntFunction<String> use) {
    Optional<String> address = server.url();
    if (address.isPresent()) {
      return use.applyAsInt(address.get());
    }

    context
        .err()
        .println("Starting a SQL server for this call; 'millrace sql --serve' keeps one up.");
    try (EndingGuard<SqlServer> guard = EndingGuard.of("stop-sql-server", SqlServer::stop)) {
      guard.start(() -> server); // from here on a signal stops it, however far its start has come
      try {
        return use.applyAsInt(up());
      } finally {
        server.stop();
      }
    }
  }
}
