package org.millrace.orchestration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.orchestration.launch.ChildProcess;
import org.millrace.orchestration.launch.SparkSubmission;
import org.millrace.orchestration.sql.SqlFormat;
import org.millrace.orchestration.sql.SqlPrograms;
import org.millrace.orchestration.sql.SqlScript;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Queries of the lake's tables and views, and the server that JDBC clients use. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Query tables and views over Hive JDBC, or serve them.")
final class SqlCommand implements Callable<Integer> {
  /** 128 and SIGTERM: how {@code sql --stop} ends a server. */
  private static final int ASKED_TO_END = 143;

  private final CommandContext context;

  @ArgGroup @Nullable What what;
  @ArgGroup @Nullable Format format;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "With --serve: loopback port; default: sql-port of the definitions.")
  int port;

  @Option(
      names = "--allow-writes",
      description =
          "Start a server whose clients may also write, load code and read files; default: they only read.")
  boolean allowWrites;

  @Mixin LaunchOptions options = new LaunchOptions();

  SqlCommand(CommandContext context) {
    this.context = context;
  }

  /** One of them; none opens the shell. */
  static final class What {
    @Option(
        names = {"-e", "--execute"},
        paramLabel = "QUERY",
        description = "Run this query and end; may be given again.")
    List<String> queries = new ArrayList<>();

    @Option(names = "--serve", description = "Serve JDBC clients until ended.")
    boolean serve;

    @Option(names = "--stop", description = "Stop the server.")
    boolean stop;
  }

  /** A table where neither is given. */
  static final class Format {
    @Option(names = "--csv", description = "Print rows as CSV with a header.")
    boolean csv;

    @Option(names = "--json", description = "Print a JSON object a row.")
    boolean json;
  }

  @Override
  public Integer call() {
    if (options.printsCommand && (what == null || !what.serve)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --print-command here: only `sql --serve` starts a job that can be printed");
    }

    JobLauncher launcher = new JobLauncher(context, options);
    SqlSession session = new SqlSession(context, launcher, allowWrites);
    if (what != null && what.serve) {
      return serve(launcher, session);
    }

    if (what != null && what.stop) {
      context
          .out()
          .println(session.server().stop() ? "SQL server stopped." : "No SQL server runs.");
      return 0;
    }

    session.requireWanted();
    SqlPrograms programs = launcher.sqlPrograms();
    boolean isPiped = what == null && !isTerminal();
    List<String> queries = isPiped ? script() : what == null ? List.of() : what.queries;
    if (isPiped && queries.isEmpty()) {
      return 0;
    }

    return session.with(
        url ->
            ChildProcess.run(
                queries.isEmpty() ? programs.shell(url) : programs.queries(url, rows(), queries),
                Map.of()));
  }

  private SqlFormat rows() {
    if (format == null) {
      return SqlFormat.TABLE;
    }

    return format.json ? SqlFormat.JSON : SqlFormat.CSV;
  }

  /** Whether a person types, by the name that Linux gives to stdin. */
  private static boolean isTerminal() {
    try {
      String stdin = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
      return stdin.startsWith("/dev/pts/") || stdin.startsWith("/dev/tty");
    } catch (IOException e) {
      return true; // unknown: the shell reads a script too
    }
  }

  /** What stands on stdin, where that is no terminal: a script, not a conversation. */
  private static List<String> script() {
    try {
      return SqlScript.statements(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read statements from stdin: " + e, e);
    }
  }

  private int serve(JobLauncher launcher, SqlSession session) {
    SparkSubmission submission = session.serving(session.port(port));
    Optional<String> running = options.printsCommand ? Optional.empty() : session.server().url();
    if (running.isPresent()) {
      session.requireWanted();
      session.keep();
      context.out().println("A SQL server is up already: " + running.get());
      return 0;
    }

    int exitCode = launcher.run(submission);
    if (exitCode != ASKED_TO_END) {
      return exitCode;
    }

    context.out().println("SQL server stopped.");
    return 0;
  }
}
