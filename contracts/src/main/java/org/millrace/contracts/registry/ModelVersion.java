package org.millrace.contracts.registry;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * A registered version of a model.
 *
 * @param name registered model
 * @param version number as MLflow gives it, a string of digits
 * @param runId the run that made it
 * @param modelId the logged model's id ({@code m-...}), or empty where the registry has no such
 *     thing
 * @param sha256 of {@code model.onnx}, from the version's tags
 * @param tags all tags
 */
public record ModelVersion(
    String name,
    String version,
    String runId,
    String modelId,
    String sha256,
    Map<String, String> tags) {
  /** Copies the tags. */
  public ModelVersion {
    requireNonNull(name, "name is null");
    requireNonNull(version, "version is null");
    requireNonNull(runId, "runId is null");
    requireNonNull(modelId, "modelId is null");
    requireNonNull(sha256, "sha256 is null");
    tags = Map.copyOf(tags);
  }

  /** {@code late_flight/3}. */
  @Override
  public String toString() {
    return name + "/" + version;
  }
}
