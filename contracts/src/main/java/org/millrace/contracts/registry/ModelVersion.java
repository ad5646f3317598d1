package org.millrace.contracts.registry;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Map;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;

/**
 * A registered version of a model.
 *
 * @param name registered model
 * @param version number as MLflow gives it, a string of digits
 * @param runId the run that made it
 * @param modelId the logged model's id ({@code m-...}), or empty where the registry has no such
 *     thing
 * @param sha256 of {@code model.onnx}, from the version's tags; empty if none names it, as of a
 *     version that Python registered
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

  /**
   * Fails with DATA_CONTRACT where a tag names the SHA-256 of the file ({@code sha256} for {@code
   * model.onnx}, {@code sha256.<file>} for others) and the copy has another one.
   *
   * @param file path inside the model directory
   * @param copy what was read from there
   */
  public void requireIntact(String file, Path copy) {
    String expected = file.equals("model.onnx") ? sha256 : tags.getOrDefault("sha256." + file, "");
    String found = expected.isEmpty() ? "" : Digest.sha256(copy);
    if (!found.equals(expected)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use %s of %s: its SHA-256 is %s, registered was %s; someone changed the file,"
                  .formatted(file, this, found, expected)
              + " register the model again");
    }
  }

  /** The same version, where no tag names the SHA-256 of its file. */
  public ModelVersion withSha256(String found) {
    return new ModelVersion(name, version, runId, modelId, found, tags);
  }

  /** As JSON, to be kept in a file or a manifest. */
  public String toJson() {
    return Json.write(this);
  }

  /** Reads what {@link #toJson} wrote. */
  public static ModelVersion fromJson(String json) {
    return Json.read(json, ModelVersion.class);
  }

  /** {@code late_flight/3}. */
  @Override
  public String toString() {
    return name + "/" + version;
  }
}
