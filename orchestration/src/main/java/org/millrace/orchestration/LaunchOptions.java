package org.millrace.orchestration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that starts Spark. */
final class LaunchOptions {
  @Option(
      names = "--conf",
      paramLabel = "DIR",
      description = "Directory of the definitions; default: conf in the project's home.")
  @Nullable Path conf;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark's master; default: spark.master of the definitions, else local[*].")
  @Nullable String master;

  @Option(names = "--verbose", description = "Show Spark's own log lines too.")
  boolean verbose;

  @Option(names = "--quiet", description = "Show no progress: warnings and errors alone.")
  boolean quiet;

  @Option(
      names = "--print-command",
      description = "Print the spark-submit call, and do not run it.")
  boolean printsCommand;

  /** The directory of the definitions. */
  Path directory(CommandContext context) {
    return conf == null
        ? context.home().resolve("conf")
        : context.workingDirectory().resolve(conf).normalize();
  }
}
