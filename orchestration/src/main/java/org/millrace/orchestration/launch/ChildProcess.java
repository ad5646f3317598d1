package org.millrace.orchestration.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Runs a program in the foreground until it ends. Where this JVM is asked to end (SIGTERM, SIGINT),
 * the child and all its descendants end first.
 */
public final class ChildProcess {
  /** How long a child may take to end by itself: Spark stops its context in that time. */
  static final Duration GRACE = Duration.ofSeconds(10);

  private ChildProcess() {}

  /** What a captured child left: its exit code and its stdout. */
  public record Captured(int exitCode, List<String> lines) {
    /** Copies the lines. */
    public Captured {
      lines = List.copyOf(lines);
    }

    /** The last line that is not blank, or an empty text. */
    public String lastLine() {
      return lines.stream().filter(line -> !line.isBlank()).reduce("", (first, next) -> next);
    }
  }

  /**
   * Runs with stdin, stdout and stderr of this process.
   *
   * @param environment variables added to the inherited ones
   * @return the exit code; 128 and the signal's number where a signal ended it
   */
  public static int run(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = builder(command, environment).redirectOutput(Redirect.INHERIT);
    try (EndingGuard<Process> guard = guard()) {
      Process process = guard.start(() -> start(builder));
      ErrorRelay errors = ErrorRelay.start(process);
      return await(process, errors);
    }
  }

  /**
   * What a relayed child left.
   *
   * @param exitCode 128 and the signal's number where a signal ended it
   * @param lastLine the last line of its stdout that is not blank; else an empty text
   * @param isCut true if its stdout ends in the middle of a line
   */
  public record Relayed(int exitCode, String lastLine, boolean isCut) {}

  /**
   * Runs with stdin and stderr of this process.
   *
   * @param environment variables added to the inherited ones
   * @param out where the child's stdout goes, as it comes
   */
  public static Relayed relay(
      List<String> command, Map<String, String> environment, OutputStream out) {
    ProcessBuilder builder = builder(command, environment);
    try (EndingGuard<Process> guard = guard()) {
      Process process = guard.start(() -> start(builder));
      ErrorRelay errors = ErrorRelay.start(process);
      OutputRelay output = OutputRelay.start(process, out);
      int exitCode = await(process, errors);
      output.await();
      return new Relayed(exitCode, output.lastLine(), output.isCut());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot wait for what the child process wrote: interrupted; run it again",
          e);
    }
  }

  /** Runs with stdin and stderr of this process, and keeps stdout. */
  public static Captured capture(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = builder(command, environment);
    try (EndingGuard<Process> guard = guard()) {
      Process process = guard.start(() -> start(builder));
      ErrorRelay errors = ErrorRelay.start(process);
      List<String> lines = lines(process);
      return new Captured(await(process, errors), lines);
    }
  }

  private static List<String> lines(Process process) {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      return out.lines().toList();
    } catch (IOException | UncheckedIOException e) {
      ProcessTree.end(process.toHandle(), GRACE);
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot read what the child process writes: " + e + "; run it again",
          e);
    }
  }

  /** Writes the argument list as a POSIX shell reads it. */
  public static void print(List<String> command, PrintStream out) {
    out.println(typed(command));
  }

  /** A command as one would type it in a shell. */
  public static String typed(List<String> command) {
    return String.join(" ", command.stream().map(ChildProcess::shellWord).toList());
  }

  private static String shellWord(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectInput(Redirect.INHERIT);
    if (!ErrorRelay.isFor(command)) {
      builder.redirectError(Redirect.INHERIT);
    }

    builder.environment().putAll(environment);
    return builder;
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot start "
              + builder.command().get(0)
              + ": "
              + e
              + "; check whether it is there and may be executed (SPARK_HOME names Spark's"
              + " directory)",
          e);
    }
  }

  private static int await(Process process, ErrorRelay errors) {
    try {
      int exitCode = process.waitFor();
      errors.await();
      return exitCode;
    } catch (InterruptedException e) {
      ProcessTree.end(process.toHandle(), GRACE);
      Thread.currentThread().interrupt();
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot wait for the child process: interrupted; run it again",
          e);
    }
  }

  private static EndingGuard<Process> guard() {
    return EndingGuard.of("end-child", process -> ProcessTree.end(process.toHandle(), GRACE));
  }
}
