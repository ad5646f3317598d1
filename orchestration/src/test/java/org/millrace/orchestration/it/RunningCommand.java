package org.millrace.orchestration.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A process of {@code bin/millrace}, with the Spark process that it started. */
final class RunningCommand {
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Process process;
  private final Path out;
  private final Path err;
  private final long startNanos;

  private RunningCommand(Process process, Path out, Path err, long startNanos) {
    this.process = process;
    this.out = out;
    this.err = err;
    this.startNanos = startNanos;
  }

  static RunningCommand start(
      List<String> command, Map<String, String> environment, Path directory) {
    try {
      Path out = Files.createTempFile(directory, "command", ".out");
      Path err = Files.createTempFile(directory, "command", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
      builder.environment().putAll(environment);
      long start = System.nanoTime();
      RunningCommand running = new RunningCommand(builder.start(), out, err, start);
      Runtime.getRuntime().addShutdownHook(new Thread(running::killAll));
      return running;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end. */
  FinishedCommand await() {
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        killAll();
        throw new AssertionError("Not at its end after " + LIMIT + "\n" + Files.readString(err));
      }

      return new FinishedCommand(
          process.exitValue(),
          Files.readAllLines(out),
          Files.readString(err),
          Duration.ofNanos(System.nanoTime() - startNanos));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while a command ran", e);
    }
  }

  /** Polls until a condition holds; fails where the command ends before. */
  void awaitThat(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new AssertionError("Ended before " + what + ": " + await());
      }

      if (System.nanoTime() - start > LIMIT.toNanos()) {
        killAll();
        throw new AssertionError("Waited " + LIMIT + " for " + what);
      }

      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** {@code kill -9} of the Spark process alone; the command then ends by itself. */
  FinishedCommand killSpark() {
    Optional<ProcessHandle> spark;
    try (Stream<ProcessHandle> children = process.children()) {
      spark = children.findFirst();
    }

    spark.orElseThrow(() -> new AssertionError("No Spark process: " + await())).destroyForcibly();
    return await();
  }

  /** Asks the command to end, and waits. */
  FinishedCommand end() {
    process.destroy();
    return await();
  }

  private void killAll() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
