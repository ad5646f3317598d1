package org.millrace.registry.mlflow;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** From an artifact URI to the path under the server's artifact door. */
final class ArtifactPath {
  private static final Pattern SERVED = Pattern.compile("mlflow-artifacts:(?://[^/]*)?/(.+?)/*");

  private ArtifactPath() {}

  static String of(String artifactUri) {
    Matcher served = SERVED.matcher(artifactUri);
    if (!served.matches()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot reach model files at "
              + artifactUri
              + ": only mlflow-artifacts:/ paths are served by MLflow; start the server with"
              + " --artifacts-destination, or register the model through it");
    }

    return served.group(1);
  }
}
