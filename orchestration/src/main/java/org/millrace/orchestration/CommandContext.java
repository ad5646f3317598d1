package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What the commands may know of the world; read once, in {@code main}.
 *
 * @param home directory of the project: jars, {@code .runtime}, {@code .millrace}
 * @param workingDirectory where relative paths in arguments start
 * @param environment the environment's variables
 * @param out results
 * @param err messages and progress
 * @param clock the time
 */
record CommandContext(
    Path home,
    Path workingDirectory,
    Map<String, String> environment,
    PrintStream out,
    PrintStream err,
    Clock clock) {
  CommandContext {
    requireNonNull(home, "home is null");
    environment = Map.copyOf(environment);
  }

  /** A variable's value; empty text where it is not set. */
  String variable(String name) {
    return environment.getOrDefault(name, "");
  }

  /** {@code <home>/.millrace}: what the commands keep between two calls. */
  Path state() {
    return home.resolve(".millrace");
  }

  Path jobsJar() {
    return home.resolve("spark-jobs/target/millrace-jobs.jar");
  }

  /** The same world with other variables added. */
  CommandContext with(Map<String, String> variables) {
    Map<String, String> all = new java.util.HashMap<>(environment);
    all.putAll(variables);
    return new CommandContext(home, workingDirectory, all, out, err, clock);
  }
}
