package org.millrace.registry.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real MLflow server on a free loopback port: one worker, no jobs, no telemetry, SQLite and
 * artifacts in a directory of its own. {@link #kill()} and {@link #start()} keep port and data.
 */
public final class MlflowServer implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofMinutes(3);
  private static @Nullable MlflowServer shared;

  private final Path data;
  private final int port;
  private @Nullable Process process;
  private List<ProcessHandle> family = List.of();

  private MlflowServer(Path data, int port) {
    this.data = data;
    this.port = port;
  }

  /** The one server of this test JVM, started on first use and stopped when the JVM ends. */
  public static synchronized MlflowServer shared() {
    if (shared == null) {
      shared = open();
    }
    return shared;
  }

  /** A server of the caller's own, who closes it. */
  public static MlflowServer open() {
    try {
      MlflowServer server =
          new MlflowServer(Files.createTempDirectory("millrace-mlflow"), freePort());
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it answers. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Directory of its artifacts. */
  public Path artifacts() {
    return data.resolve("artifacts");
  }

  /** What a Python process needs to use this server. */
  public Map<String, String> environment() {
    return Map.of(
        "MLFLOW_TRACKING_URI", uri().toString(),
        "MLFLOW_DISABLE_TELEMETRY", "true",
        "DO_NOT_TRACK", "true");
  }

  /** Starts it and waits until it is healthy. */
  public void start() {
    try {
      ProcessBuilder builder = new ProcessBuilder(command(PythonEnv.of("mlflow")));
      builder.environment().putAll(environment());
      builder.environment().put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
      process =
          builder
              .directory(data.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
      awaitHealth(process);
      family = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while MLflow was starting", e);
    }
  }

  private List<String> command(PythonEnv python) {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid"); // Ctrl-C in the terminal is for Maven, which then stops us
    }
    command.addAll(
        List.of(
            python.program("mlflow").toString(),
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--workers",
            "1",
            "--backend-store-uri",
            "sqlite:///" + data.resolve("mlflow.db"),
            "--artifacts-destination",
            artifacts().toString()));
    return command;
  }

  private void awaitHealth(Process started) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest health =
        HttpRequest.newBuilder(uri().resolve("/health")).timeout(Duration.ofSeconds(5)).build();
    long giveUp = System.nanoTime() + READY_WITHIN.toNanos();
    while (System.nanoTime() < giveUp) {
      try {
        if (client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not listening yet: the deadline decides
      }
      if (started.waitFor(100, TimeUnit.MILLISECONDS)) {
        throw new IOException("MLflow ended while starting:\n" + Files.readString(log()));
      }
    }
    throw new IOException(
        "MLflow was not ready in " + READY_WITHIN + ":\n" + Files.readString(log()));
  }

  /** What the server wrote, all starts together. */
  public Path log() {
    return data.resolve("server.log");
  }

  /** Ends it as {@code kill -9} does: killed alone, the launcher would leave its worker serving. */
  public void kill() {
    family.forEach(ProcessHandle::destroyForcibly);
    family.forEach(handle -> handle.onExit().join());
    family = List.of();
    if (process != null) {
      process.destroyForcibly().onExit().join();
      process = null;
    }
  }

  /** Kills it and deletes its data. */
  @Override
  public synchronized void close() {
    kill();
    if (!Files.exists(data)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(data)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
