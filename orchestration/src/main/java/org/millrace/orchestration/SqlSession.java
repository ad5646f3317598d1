package org.millrace.orchestration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.orchestration.launch.EndingGuard;
import org.millrace.orchestration.launch.SparkLaunch;
import org.millrace.orchestration.launch.SparkSubmission;
import org.millrace.orchestration.service.Ports;
import org.millrace.orchestration.service.SqlServer;
import org.millrace.orchestration.service.SqlServerUsers;
import org.millrace.orchestration.service.SqlServices;

/** Finds the SQL server of the lake, or starts one. */
final class SqlSession {
  private static final String MEMORY = "2g";

  private final CommandContext context;
  private final JobLauncher launcher;
  private final SqlServer server;
  private final boolean allowWrites;

  /** Of a server that only reads. */
  SqlSession(CommandContext context, JobLauncher launcher) {
    this(context, launcher, false);
  }

  /**
   * @param allowWrites true if a server that is started here lets its clients do more than read
   */
  SqlSession(CommandContext context, JobLauncher launcher, boolean allowWrites) {
    this.allowWrites = allowWrites;
    this.context = context;
    this.launcher = launcher;
    this.server =
        new SqlServer(launcher.lakeDirectory(), services(context).of(launcher.lakeDirectory()));
  }

  /** The servers that were started in the background, each for a lake of its own. */
  static SqlServices services(CommandContext context) {
    return new SqlServices(context.state().resolve("sql"));
  }

  SqlServer server() {
    return server;
  }

  /** The call that serves in the foreground. */
  SparkSubmission serving(int port) {
    List<String> arguments =
        new ArrayList<>(List.of("sql", "--serve", "--port", Integer.toString(port)));
    if (allowWrites) {
      arguments.add("--allow-writes");
    }

    return launcher.submission(arguments, MEMORY);
  }

  /** Throws DEFINITION if writes are wanted and a server is up that only reads. */
  void requireWanted() {
    if (allowWrites && server.url().isPresent() && !server.allowsWrites()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot write through the SQL server that is up: it was started without --allow-writes;"
              + " stop it with `"
              + launcher.typed("sql", "--stop")
              + "` and try again");
    }
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
    try (SparkLaunch launch = launcher.prepare(serving(port))) { // a server that is up has read it
      server.start(launch.command(), launch.environment(), port);
    }

    return server
        .url()
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.EXTERNAL,
                    "Cannot reach the SQL server: it ended after its start"));
  }

  /**
   * Hands a server's address on. One that had to be started for it is stopped by the last call that
   * uses it.
   */
  int with(ToIntFunction<String> use) {
    try (EndingGuard<SqlServerUsers> guard =
        EndingGuard.of("leave-sql-server", SqlServerUsers::leave)) {
      // from here on a signal stops a server of ours, however far its start has come
      SqlServerUsers users = guard.start(this::users);
      try {
        return use.applyAsInt(users.enter(this::started));
      } finally {
        users.leave();
      }
    }
  }

  private SqlServerUsers users() {
    Path lake = launcher.lakeDirectory();
    return new SqlServerUsers(lake, server, services(context).place(lake));
  }

  /** The server that is up stays up, also if it was started for a call. */
  void keep() {
    users().keep();
  }

  private String started() {
    context
        .err()
        .println(
            "Starting a SQL server for this call; `"
                + launcher.typed("sql", "--serve")
                + "` in another terminal keeps one up.");
    return up();
  }
}
