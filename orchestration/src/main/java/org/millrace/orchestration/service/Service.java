package org.millrace.orchestration.service;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ProcessStamp;
import org.millrace.orchestration.launch.EndingGuard;
import org.millrace.orchestration.launch.ProcessTree;

/**
 * A server that outlives the command: started in a session of its own, so that neither Ctrl-C nor a
 * closed terminal reaches it, with its output in a log file and its processes in a state file.
 * Stopping ends exactly those processes and their descendants.
 */
public final class Service {
  private static final Duration STOP_GRACE = Duration.ofSeconds(15);
  private static final String STATE = "server.json";
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String name;
  private final Path directory;
  private final ServiceFile file;

  /**
   * @param name as messages call it, such as {@code the MLflow server}
   * @param directory for its state file {@code server.json} and log {@code server.log}
   */
  public Service(String name, Path directory) {
    this.name = requireNonNull(name, "name is null");
    this.directory = requireNonNull(directory, "directory is null");
    this.file = new ServiceFile(directory.resolve(STATE));
  }

  /**
   * The server whose state a directory holds, by the name that it was started with.
   *
   * @param otherwise its name if the state does not say it
   */
  static Service found(Path directory, String otherwise) {
    String name =
        new ServiceFile(directory.resolve(STATE))
            .read()
            .flatMap(ServiceState::name)
            .orElse(otherwise);
    return new Service(name, directory);
  }

  /** As messages call it. */
  public String name() {
    return name;
  }

  /** Where the server's output goes. */
  public Path log() {
    return directory.resolve("server.log");
  }

  /** What is remembered: also of a server that has been stopped. */
  public Optional<ServiceState> remembered() {
    return file.read();
  }

  /** True where a process that we started still runs. */
  public boolean isRunning() {
    return remembered().map(state -> !state.running().isEmpty()).orElse(false);
  }

  /**
   * Starts the server and waits until it is ready.
   *
   * @param environment variables added to the inherited ones
   * @param ready asked until it says true
   * @throws MillraceException of category EXTERNAL, with the end of the log, where it ends or is
   *     not ready in time; it does not run then
   */
  public void start(
      List<String> command,
      Map<String, String> environment,
      int port,
      BooleanSupplier ready,
      Duration limit) {
    Process process;
    // one step, which a Ctrl-C waits for: a server without a state file could never be stopped
    try (EndingGuard<Process> guard = EndingGuard.of("note-server", started -> {})) {
      process = guard.start(() -> launchAndNote(command, environment, port));
    }

    awaitReady(process, port, ready, limit);
    note(process, port);
  }

  private synchronized Process launchAndNote(
      List<String> command, Map<String, String> environment, int port) {
    Process process = launch(command, environment);
    note(process, port);
    return process;
  }

  private void note(Process process, int port) {
    file.write(state(marks(process.toHandle()), port));
  }

  private ServiceState state(List<ProcessStamp> processes, int port) {
    return new ServiceState(Optional.of(name), processes, port);
  }

  private void awaitReady(Process process, int port, BooleanSupplier ready, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!ready.getAsBoolean()) {
      boolean ended = !process.isAlive();
      if (ended || System.nanoTime() - deadline > 0) {
        ProcessTree.end(process.toHandle(), STOP_GRACE);
        file.write(state(List.of(), port));
        throw new MillraceException(
            ErrorCategory.EXTERNAL,
            "Cannot start "
                + name
                + ": "
                + (ended
                    ? "it ended with " + process.exitValue()
                    : "not ready after " + limit.toSeconds() + " s")
                + "; the end of "
                + log()
                + ":\n"
                + logTail());
      }

      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * Stops the server.
   *
   * @return true where it ran
   * @throws MillraceException of category EXTERNAL where a process does not end
   */
  public synchronized boolean stop() {
    Optional<ServiceState> state = remembered();
    List<ProcessHandle> running = state.map(ServiceState::running).orElse(List.of());
    if (!running.isEmpty() && !ProcessTree.end(running, STOP_GRACE)) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot stop "
              + name
              + ": still running: "
              + running.stream().map(ProcessHandle::pid).toList());
    }

    state.map(ServiceState::stopped).ifPresent(file::write);
    return !running.isEmpty();
  }

  private Process launch(List<String> command, Map<String, String> environment) {
    try {
      Files.createDirectories(directory);
      ProcessBuilder builder = new ProcessBuilder(inOwnSession(command));
      builder.environment().putAll(environment);
      builder.redirectInput(new File("/dev/null"));
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.to(log().toFile()));
      return builder.start();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot start " + name + ": " + Causes.words(e), e);
    }
  }

  /** setsid replaces itself by the program, so the process id stays the one that we know. */
  private static List<String> inOwnSession(List<String> command) {
    Optional<Path> setsid =
        Stream.of("/usr/bin/setsid", "/bin/setsid")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    List<String> whole = new ArrayList<>();
    setsid.ifPresent(program -> whole.add(program.toString()));
    whole.addAll(command);
    return whole;
  }

  private static List<ProcessStamp> marks(ProcessHandle root) {
    return Stream.concat(Stream.of(root), root.descendants())
        .flatMap(process -> ProcessStamp.of(process).stream())
        .toList();
  }

  private String logTail() {
    try (Stream<String> lines = Files.lines(log(), StandardCharsets.ISO_8859_1)) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 15), all.size()));
    } catch (IOException | UncheckedIOException e) {
      return "(cannot be read: " + e + ")";
    }
  }
}
