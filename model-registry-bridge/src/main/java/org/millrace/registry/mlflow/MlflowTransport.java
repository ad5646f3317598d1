package org.millrace.registry.mlflow;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Single HTTP exchanges with an MLflow server, each with a limit in time that covers the body too.
 * Tries nothing twice: {@link MlflowRetries} does. Thread-safe; driver only.
 */
final class MlflowTransport {
  private static final String CALLS = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";
  private static final int FILE_TIMEOUT_FACTOR = 10;

  private final MlflowSettings settings;
  private final HttpClient client;

  MlflowTransport(MlflowSettings settings) {
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.requestTimeout())
            .build();
  }

  /** GET of a call, JSON back. */
  String get(String call, Map<String, String> query) {
    String parameters =
        query.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
            .collect(Collectors.joining("&"));
    return json(request(CALLS + call + "?" + parameters).GET());
  }

  /** POST or PATCH of a call with a JSON body, JSON back. */
  String send(String method, String call, String body) {
    return json(
        request(CALLS + call)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body)));
  }

  /** Uploads a file to a path below the artifact root; it appears whole or not at all. */
  void upload(String artifact, Path file) {
    try {
      upload(artifact, BodyPublishers.ofFile(file));
    } catch (FileNotFoundException e) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING, "Cannot upload " + file + ": there is no such file", e);
    }
  }

  /** Uploads bytes, as {@link #upload(String, Path)} does. */
  void upload(String artifact, byte[] bytes) {
    upload(artifact, BodyPublishers.ofByteArray(bytes));
  }

  private void upload(String artifact, BodyPublisher body) {
    exchange(artifactRequest(artifact).PUT(body), BodyHandlers.ofString(), fileTimeout());
  }

  /** Downloads an artifact over {@code target}, which is left broken where this fails. */
  void download(String artifact, Path target) {
    // The file is only opened for a good answer: an error's text must not become a model.
    BodyHandler<Object> handler =
        info ->
            info.statusCode() == 200
                ? BodySubscribers.mapping(BodySubscribers.ofFile(target), path -> path)
                : BodySubscribers.mapping(
                    BodySubscribers.ofString(StandardCharsets.UTF_8), text -> text);
    exchange(artifactRequest(artifact).GET(), handler, fileTimeout());
  }

  private Duration fileTimeout() {
    return settings.requestTimeout().multipliedBy(FILE_TIMEOUT_FACTOR);
  }

  private HttpRequest.Builder artifactRequest(String artifact) {
    String path =
        Arrays.stream(artifact.split("/", -1))
            .map(MlflowTransport::encoded)
            .collect(Collectors.joining("/"));
    return request(ARTIFACTS + path);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.uri() + path));
    settings.credentials().ifPresent(user -> request.header("Authorization", user.header()));
    return request;
  }

  private String json(HttpRequest.Builder request) {
    HttpResponse<String> response =
        exchange(request, BodyHandlers.ofString(), settings.requestTimeout());
    String type = response.headers().firstValue("Content-Type").orElse("none");
    if (!type.startsWith("application/json")) {
      throw MlflowFailure.notMlflow(response.statusCode(), type);
    }

    return response.body();
  }

  private <T> HttpResponse<T> exchange(
      HttpRequest.Builder request, BodyHandler<T> handler, Duration limit) {
    CompletableFuture<HttpResponse<T>> exchange =
        client.sendAsync(request.timeout(limit).build(), handler);
    HttpResponse<T> response = await(exchange, limit);
    if (response.statusCode() < 200 || response.statusCode() > 299) {
      throw MlflowFailure.answered(response.statusCode(), String.valueOf(response.body()));
    }

    return response;
  }

  /** HttpRequest's own timeout ends with the headers; this one covers a body that stalls. */
  private static <T> T await(CompletableFuture<T> exchange, Duration limit) {
    try {
      return exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw MlflowFailure.noAnswer(
          new HttpTimeoutException("no whole answer within " + limit.toMillis() + " ms"));
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot wait for MLflow: the thread was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw MlflowFailure.noAnswer(io);
      }
      throw new IllegalStateException("Cannot talk to MLflow: " + e.getCause(), e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
