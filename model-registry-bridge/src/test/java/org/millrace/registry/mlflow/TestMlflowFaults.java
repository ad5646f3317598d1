package org.millrace.registry.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** What the transport does with answers that a healthy MLflow does not give. */
@Tag("slow")
class TestMlflowFaults {
  private record Answer(int status, String type, String body) {
    static Answer json(int status, String body) {
      return new Answer(status, "application/json", body);
    }
  }

  private static final Answer VERSION =
      Answer.json(200, "{\"model_version\":{\"name\":\"m\",\"version\":\"7\"}}");

  private final Deque<Answer> answers = new ArrayDeque<>();
  private final Deque<String> requests = new ArrayDeque<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
    Answer answer = answers.size() > 1 ? answers.pop() : answers.getFirst();
    if (answer.status() == 0) {
      awaitEnd(); // never answers
    }
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", answer.type());
    // A longer length than the body: a server that stalls in the middle of it.
    exchange.sendResponseHeaders(answer.status(), body.length + (answer.type().isEmpty() ? 9 : 0));
    exchange.getResponseBody().write(body);
    if (answer.type().isEmpty()) {
      exchange.getResponseBody().flush();
      awaitEnd();
    }
    exchange.close();
  }

  private void awaitEnd() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private MlflowRegistry registry(Duration timeout, Duration retryFor) {
    return new MlflowRegistry(
        new MlflowSettings(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            timeout,
            retryFor,
            Optional.of(new MlflowSettings.Credentials("robin", "secret")),
            "robin"));
  }

  private Optional<String> read(Duration timeout, Duration retryFor) {
    return registry(timeout, retryFor).byVersion("m", "7").map(version -> version.version());
  }

  private Optional<String> read() {
    return read(Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  @Test
  void triesAgainWhenTheServerIsBusy() {
    answers.add(Answer.json(429, "{\"error_code\":\"REQUEST_LIMIT_EXCEEDED\"}"));
    answers.add(new Answer(502, "text/html", "<html>bad gateway</html>"));
    answers.add(Answer.json(503, "{\"error_code\":\"TEMPORARILY_UNAVAILABLE\"}"));
    answers.add(
        Answer.json(
            400,
            "{\"error_code\":\"BAD_REQUEST\",\"message\":\"(sqlite3.IntegrityError) UNIQUE\"}"));
    answers.add(VERSION);

    assertThat(read()).contains("7");
    assertThat(requests).hasSize(5);
  }

  @Test
  void aServerThatDidNotComeBackInTimeIsAskedOnceUntilItAnswers() {
    Answer busy = Answer.json(503, "{\"error_code\":\"TEMPORARILY_UNAVAILABLE\"}");
    answers.add(busy);
    MlflowRegistry registry = registry(Duration.ofSeconds(5), Duration.ofMillis(500));
    assertThatThrownBy(() -> registry.byVersion("m", "7")).hasMessageContaining(" failed ");
    assertThat(requests).hasSizeGreaterThan(1);

    requests.clear();
    assertThatThrownBy(() -> registry.byVersion("m", "7")).hasMessageContaining("failed 1 times");
    assertThat(requests).hasSize(1);

    answers.clear();
    answers.addAll(List.of(VERSION, busy, VERSION));
    assertThat(registry.byVersion("m", "7")).isPresent();
    assertThat(registry.byVersion("m", "7")).as("tried again, as it was up").isPresent();
    assertThat(requests).hasSize(4);
  }

  @Test
  void aMoveOfTheSameMomentShowsWhenTheAliasIsReadBack() {
    Answer held = Answer.json(200, "{\"model_version\":{\"name\":\"m\",\"version\":\"1\"}}");
    answers.addAll(List.of(VERSION, held, Answer.json(200, "{}"), held));
    MlflowRegistry registry = registry(Duration.ofSeconds(5), Duration.ofSeconds(5));

    assertThatThrownBy(() -> registry.moveAlias("m", "champion", Optional.of("1"), "7"))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("it names version 1, expected version 7; someone else moved it")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.BUSY);
    assertThat(requests).hasSize(4);
  }

  @Test
  void sendsTheCredentials() {
    answers.add(VERSION);
    read();
    assertThat(requests)
        .containsExactly(
            "GET /api/2.0/mlflow/model-versions/get?name=m&version=7 [Basic cm9iaW46c2VjcmV0]");
  }

  @Test
  void doesNotTryAgainWhatIsRefused() {
    answers.add(
        Answer.json(400, "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"no\"}"));

    assertThatThrownBy(this::read)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot read m/7: MLflow at http://127.0.0.1:")
        .hasMessageContaining("answered HTTP 400 INVALID_PARAMETER_VALUE: no")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.INTERNAL);
    assertThat(requests).hasSize(1);
  }

  @Test
  void saysHowToSignIn() {
    answers.add(new Answer(401, "text/html", "You are not authenticated."));

    assertThatThrownBy(this::read)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("HTTP 401; set MLFLOW_TRACKING_USERNAME")
        .hasMessageNotContaining("secret")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION);
  }

  @Test
  void doesNotTakeALoginPageForAnAnswer() {
    answers.add(new Answer(200, "text/html", "<html>sign in</html>"));

    assertThatThrownBy(this::read)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("HTTP 200 with content type text/html; is this the address of an")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION);
  }

  @Test
  void doesNotTakeAnotherServersNotFoundForAnAbsentVersion() {
    answers.add(new Answer(404, "text/html", "<html>404</html>"));

    assertThatThrownBy(this::read)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("HTTP 404; is this the address of an MLflow 3 server")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION);
  }

  @Test
  void keepsTheServersSqlToItself() {
    answers.add(
        Answer.json(
            500,
            "{\"error_code\":\"INTERNAL_ERROR\",\"message\":\"(sqlite3.X) [SQL: INSERT INTO runs]"
                + " [parameters: ('hidden',)]\"}"));

    assertThatThrownBy(() -> read(Duration.ofSeconds(5), Duration.ZERO))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("failed 1 times in ")
        .hasMessageContaining("last: HTTP 500 INTERNAL_ERROR; look into the server's log")
        .hasMessageNotContaining("hidden")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.EXTERNAL);
  }

  @Test
  void givesUpOnAServerThatNeverAnswers() {
    answers.add(new Answer(0, "application/json", ""));

    assertThatThrownBy(() -> read(Duration.ofMillis(200), Duration.ofMillis(500)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot read m/7: MLflow at http://127.0.0.1:")
        .hasMessageContaining("start the server, or correct registry.uri")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.EXTERNAL);
  }

  @Test
  void givesUpOnABodyThatStalls() {
    answers.add(new Answer(200, "", "{"));

    assertThatThrownBy(() -> read(Duration.ofMillis(200), Duration.ZERO))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("no whole answer within 200 ms")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.EXTERNAL);
  }
}
