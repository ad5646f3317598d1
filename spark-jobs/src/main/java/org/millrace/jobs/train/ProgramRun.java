package org.millrace.jobs.train;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * A program in a process of its own, whose output is passed on line by line. It ends with its limit
 * or with this JVM, unless that is killed, and so does what it was seen to start. Driver only.
 *
 * @param command program and arguments
 * @param directory where it is started
 * @param environment variables beside those of this JVM
 * @param limit how long it may take
 */
record ProgramRun(
    List<String> command, Path directory, Map<String, String> environment, Duration limit) {
  /** As many of the last lines are kept for a message. */
  private static final int KEPT_LINES = 5;

  private static final int LONGEST_LINE = 500;
  private static final long LOOK_MILLIS = 100;

  /**
   * How it ended.
   *
   * @param exitCode of the process
   * @param lastLines of its output, oldest first
   */
  record Ending(int exitCode, List<String> lastLines) {
    /** The last line; empty if there was no output. */
    String lastLine() {
      return lastLines.isEmpty() ? "" : lastLines.get(lastLines.size() - 1);
    }
  }

  /**
   * Runs it to its end.
   *
   * @param line gets each line of its output and of its errors, from another thread
   * @throws MillraceException of category DEFINITION if it cannot be started; EXTERNAL if it took
   *     too long, or this thread was interrupted
   */
  Ending run(Consumer<String> line) {
    Process process = start();
    Set<ProcessHandle> started = ConcurrentHashMap.newKeySet();
    Thread atExit = new Thread(() -> end(process, started), "end-program");
    Runtime.getRuntime().addShutdownHook(atExit);
    Deque<String> last = new ArrayDeque<>();
    Thread reader = new Thread(() -> read(process, last, line), "program-output");
    reader.setDaemon(true);
    reader.start();
    try {
      if (!isOver(process, started)) {
        throw new MillraceException(
            ErrorCategory.EXTERNAL,
            "Cannot wait any longer for `%s`: it was ended after %s, the limit of the definition; its last line is: %s"
                .formatted(String.join(" ", command), limit, lastLine(last)));
      }

      reader.join(5_000); // what it started may hold the pipe open
      synchronized (last) {
        return new Ending(process.exitValue(), List.copyOf(last));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot wait for " + command.get(0) + ": interrupted", e);
    } finally {
      end(process, started);
      removeHook(atExit);
    }
  }

  private Process start() {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"));
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot start `%s` in %s: %s"
              .formatted(String.join(" ", command), directory, Causes.words(e)),
          e);
    }
  }

  private static void read(Process process, Deque<String> last, Consumer<String> line) {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String text = output.readLine(); text != null; text = output.readLine()) {
        String shown = text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) : text;
        synchronized (last) {
          last.addLast(shown);
          if (last.size() > KEPT_LINES) {
            last.removeFirst();
          }
        }

        line.accept(shown);
      }
    } catch (IOException e) {
      line.accept("its output cannot be read any more: " + Causes.words(e));
    }
  }

  private static String lastLine(Deque<String> last) {
    synchronized (last) {
      return last.isEmpty() ? "none" : last.getLast();
    }
  }

  /** Notes what it starts while it runs: afterwards they are no children of it any more. */
  private boolean isOver(Process process, Set<ProcessHandle> started) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      process.descendants().forEach(started::add);
      if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }

    return false;
  }

  /** The program first, which could start others in place of those that end. */
  private static void end(Process process, Set<ProcessHandle> started) {
    process.descendants().forEach(started::add);
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // this JVM ends: the hook does its work
    }
  }
}
