package org.millrace.registry.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Json;

/**
 * One exchange that did not succeed, before anyone decides what to do about it. Its message never
 * holds the server's SQL: MLflow puts statements and their parameters into its errors.
 */
final class MlflowFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Pattern SQL =
      Pattern.compile(
          "sql|insert |select |update |parameters:|integrityerror", Pattern.CASE_INSENSITIVE);
  private static final int LONGEST = 300;

  /** What kind of trouble; the first two may pass. */
  enum Kind {
    NO_ANSWER,
    BUSY,
    REFUSED,
    NOT_MLFLOW
  }

  private final Kind kind;
  private final int status;
  private final String code;

  private MlflowFailure(Kind kind, int status, String code, String message, @Nullable Throwable e) {
    super(message, e);
    this.kind = kind;
    this.status = status;
    this.code = code;
  }

  /** No answer came: refused, reset, timed out. */
  static MlflowFailure noAnswer(IOException cause) {
    String name = cause.getClass().getSimpleName();
    String text = cause.getMessage() == null ? name : name + ": " + cause.getMessage();
    return new MlflowFailure(Kind.NO_ANSWER, 0, "", text, cause);
  }

  /** A success that MLflow cannot have sent, such as a login page. */
  static MlflowFailure notMlflow(int status, String contentType) {
    return new MlflowFailure(
        Kind.NOT_MLFLOW, status, "", "HTTP " + status + " with content type " + contentType, null);
  }

  /** An answer with a status outside 200 to 299. */
  static MlflowFailure answered(int status, String body) {
    JsonNode error = parse(body);
    String code = error.path("error_code").asText("");
    String message = error.path("message").asText("");
    String text = "HTTP " + status + (code.isEmpty() ? "" : " " + code) + readable(message);
    return new MlflowFailure(kind(status, code, message), status, code, text, null);
  }

  private static Kind kind(int status, String code, String message) {
    if (status == 429 || status >= 500) {
      return Kind.BUSY;
    }
    // Two workers inserting the same row: the second one finds it there when it tries again.
    if (status == 400 && code.equals("BAD_REQUEST") && message.contains("UNIQUE")) {
      return Kind.BUSY;
    }
    boolean isMlflows = !code.isEmpty() || status == 401 || status == 403;
    return isMlflows ? Kind.REFUSED : Kind.NOT_MLFLOW;
  }

  private static JsonNode parse(String body) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      return Json.MAPPER.missingNode(); // an HTML page or plain text has no code to read
    }
  }

  private static String readable(String message) {
    if (message.isEmpty() || SQL.matcher(message).find()) {
      return "";
    }
    String line = message.lines().findFirst().orElse("");
    return ": " + (line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line);
  }

  Kind kind() {
    return kind;
  }

  boolean mayPass() {
    return kind == Kind.NO_ANSWER || kind == Kind.BUSY;
  }

  /** HTTP status, 0 where no answer came. */
  int status() {
    return status;
  }

  /** MLflow's word, such as {@code RESOURCE_DOES_NOT_EXIST}; empty where there is none. */
  String code() {
    return code;
  }

  boolean isAbsence() {
    return status == 404 && code.equals("RESOURCE_DOES_NOT_EXIST");
  }
}
