package org.millrace.registry.mlflow;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * How to reach an MLflow server.
 *
 * @param uri {@code http} or {@code https}, without user information
 * @param requestTimeout limit of one exchange; a file may take ten times as long
 * @param retryFor how long a step is tried again before it fails; zero tries once
 * @param credentials basic authentication; empty where the server asks for none
 * @param user shown as the creator of runs
 */
public record MlflowSettings(
    URI uri,
    Duration requestTimeout,
    Duration retryFor,
    Optional<Credentials> credentials,
    String user) {
  /** Checks the address and cuts a slash at its end. */
  public MlflowSettings {
    requireNonNull(requestTimeout, "requestTimeout is null");
    requireNonNull(retryFor, "retryFor is null");
    requireNonNull(credentials, "credentials is null");
    requireNonNull(user, "user is null");
    String text = uri.toString();
    if (!text.matches("https?://[^/@]+(/[^?#@]*)?")) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use MLflow at "
              + text.replaceAll("//[^/@]*@", "//***@")
              + ": expected http://host:port or https://host:port, credentials in"
              + " MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
    }

    uri = URI.create(text.replaceAll("/+$", ""));
  }

  /**
   * A user of MLflow's basic authentication.
   *
   * @param username name
   * @param password secret, never printed
   */
  public record Credentials(String username, String password) {
    /** Checks that both are present. */
    public Credentials {
      requireNonNull(username, "username is null");
      requireNonNull(password, "password is null");
    }

    String header() {
      byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
      return username + ":***";
    }
  }
}
