package org.millrace.registry.mlflow;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.contracts.registry.ModelVersion;
import org.mlflow.api.proto.ModelRegistry;

/** From MLflow's version message to the port's record. */
final class VersionTags {
  // MLflow does not send the model id back, but keeps it in the source's path.
  private static final Pattern MODEL_ID =
      Pattern.compile("(?:^models:|/)/?(m-[0-9a-f]{32})(?:/|$)");

  private VersionTags() {}

  static Map<String, String> of(ModelRegistry.ModelVersion version) {
    Map<String, String> tags = new HashMap<>();
    version.getTagsList().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
    return tags;
  }

  static ModelVersion record(ModelRegistry.ModelVersion version) {
    Map<String, String> tags = of(version);
    Matcher modelId = MODEL_ID.matcher(version.getSource());
    return new ModelVersion(
        version.getName(),
        version.getVersion(),
        version.getRunId(),
        modelId.find() ? modelId.group(1) : "",
        tags.getOrDefault(ModelWriter.SHA256, ""),
        tags);
  }
}
