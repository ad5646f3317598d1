package org.millrace.orchestration.service;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * A real MLflow server on loopback for one machine: one worker, SQLite, artifacts in a directory,
 * no job runner, no telemetry. Not thread-safe.
 */
public final class MlflowServer {
  /** Cold caches and a busy machine: a start of 3 seconds becomes one of 26. */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private static final int FIRST_PORT = 5000;

  private final Path program;
  private final Path directory;
  private final Service service;
  private @Nullable HttpClient http;

  /**
   * @param program {@code mlflow} of a virtual environment
   * @param directory for the database, the artifacts, the state and the log
   */
  public MlflowServer(Path program, Path directory) {
    this.program = requireNonNull(program, "program is null");
    this.directory = requireNonNull(directory, "directory is null");
    this.service = new Service("the MLflow server", directory);
  }

  /** Made when it is needed: it loads all that TLS takes. */
  private synchronized HttpClient http() {
    if (http == null) {
      http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(Duration.ofSeconds(2))
              .build();
    }

    return http;
  }

  /** {@code <home>/.runtime/venv/mlflow/bin/mlflow}, whether or not it is there. */
  public static Path program(Path home) {
    return home.resolve(".runtime/venv/mlflow/bin/mlflow");
  }

  /** Address of the server that was started last; {@code http://127.0.0.1:5000} before any. */
  public String url() {
    return url(rememberedPort());
  }

  /** True where a server that we started answers. */
  public boolean isUp() {
    return service.isRunning() && isHealthy(rememberedPort());
  }

  /**
   * Starts the server, unless it is up.
   *
   * @return true where it was started, false where it was up
   */
  public boolean start() {
    if (isUp()) {
      return false;
    }

    service.stop(); // a server that runs and does not answer, or a worker whose launcher is gone
    int port = Ports.freePort(rememberedPort());
    service.start(command(port), environment(), port, () -> isHealthy(port), START_LIMIT);
    return true;
  }

  /** Stops the server; true where it ran. */
  public boolean stop() {
    return service.stop();
  }

  private int rememberedPort() {
    return service.remembered().map(ServiceState::port).orElse(FIRST_PORT);
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  private List<String> command(int port) {
    Path artifacts = directory.resolve("artifacts");
    try {
      Files.createDirectories(artifacts);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot make the artifact directory " + artifacts + ": " + Causes.words(e),
          e);
    }

    return List.of(
        program.toString(),
        "server",
        "--host",
        "127.0.0.1",
        "--port",
        Integer.toString(port),
        "--workers",
        "1",
        "--backend-store-uri",
        "sqlite:///" + directory.resolve("mlflow.db").toAbsolutePath(),
        "--artifacts-destination",
        artifacts.toAbsolutePath().toString());
  }

  private static Map<String, String> environment() {
    return Map.of(
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false",
        "MLFLOW_DISABLE_TELEMETRY", "true",
        "DO_NOT_TRACK", "true");
  }

  private boolean isHealthy(int port) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url(port) + "/health"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      HttpResponse<String> answer = http().send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 && answer.body().strip().equals("OK");
    } catch (IOException e) {
      return false; // not listening yet, or no longer
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MillraceException(
          ErrorCategory.INTERNAL, "Cannot wait for the MLflow server: interrupted", e);
    }
  }
}
