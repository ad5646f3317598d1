package org.millrace.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.PlatformDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.registry.directory.DirectoryRegistry;
import org.millrace.registry.mlflow.MlflowRegistry;
import org.millrace.registry.mlflow.MlflowSettings;

/**
 * Opens the registry that the platform names. No call is made yet: a server that is down shows at
 * the first use.
 */
public final class RegistryFactory {
  private static final String USERNAME = "MLFLOW_TRACKING_USERNAME";
  private static final String PASSWORD = "MLFLOW_TRACKING_PASSWORD";

  private RegistryFactory() {}

  /**
   * The registry that a platform names.
   *
   * @param environment of the process: {@code MLFLOW_TRACKING_USERNAME} and {@code
   *     MLFLOW_TRACKING_PASSWORD} for basic authentication; {@code USER} is shown as the creator
   */
  public static ModelRegistry open(PlatformDefinition platform, Map<String, String> environment) {
    String address = platform.registryAddress();
    return switch (platform.registry().kind()) {
      case MLFLOW -> mlflow(address, platform.registry(), environment);
      case DIRECTORY -> new DirectoryRegistry(local(address));
    };
  }

  private static ModelRegistry mlflow(
      String address, PlatformDefinition.Registry registry, Map<String, String> environment) {
    return new MlflowRegistry(
        new MlflowSettings(
            uri(address),
            registry.requestTimeout(),
            registry.retryFor(),
            credentials(environment),
            environment.getOrDefault("USER", "millrace")));
  }

  private static Optional<MlflowSettings.Credentials> credentials(Map<String, String> environment) {
    String username = environment.getOrDefault(USERNAME, "");
    String password = environment.getOrDefault(PASSWORD, "");
    if (username.isEmpty() != password.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot sign in to MLflow: only one of %s and %s is set; set both or none"
              .formatted(USERNAME, PASSWORD));
    }

    return username.isEmpty()
        ? Optional.empty()
        : Optional.of(new MlflowSettings.Credentials(username, password));
  }

  private static Path local(String address) {
    String path = uri(address).getPath();
    if (path == null || path.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use " + address + " as a directory: expected file:///absolute/path");
    }
    return Path.of(path);
  }

  private static URI uri(String address) {
    try {
      return URI.create(address);
    } catch (IllegalArgumentException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot read the registry's address: " + e.getMessage() + "; expected http://host:port",
          e);
    }
  }
}
