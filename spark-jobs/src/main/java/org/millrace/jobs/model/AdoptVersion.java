package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.room.JobContext;

/**
 * Takes up a version that the platform did not make, such as one that {@code mlflow.onnx.log_model}
 * registered: its file is looked into, its contract derived, and the SHA-256 of the one and the
 * text of the other become tags of the version. From then on it is used as it was judged, whatever
 * becomes of the definitions and of the file in the registry.
 *
 * <p>Placement: driver only.
 */
public final class AdoptVersion {
  /** Tag with the contract of a version whose directory has none. */
  static final String CONTRACT_TAG = "millrace.contract";

  /** MLflow's limit of a tag's value. */
  private static final int MOST_BYTES = 100_000;

  private static final String SHA256_TAG = "sha256";

  private final JobContext context;
  private final String model;

  /** Prepares for the model of a program's pipeline. */
  public AdoptVersion(JobContext context) {
    this.context = requireNonNull(context, "context is null");
    this.model = context.pipeline().name();
  }

  /**
   * Takes up a version; one that is taken up, or has all files of its own, stays as it is.
   *
   * @param number in the registry
   * @return the version with its SHA-256
   * @throws MillraceException of category INPUT_MISSING if there is no such version; DATA_CONTRACT
   *     if its file may not be run, was changed, or has inputs without columns; EXTERNAL if the
   *     registry does not answer
   */
  public ModelVersion adopt(String number) {
    ModelRegistry registry = context.registry().get();
    ModelVersion version = named(registry, number);
    ModelVersion known = identified(registry, version);
    Map<String, String> tags = new LinkedHashMap<>();
    if (version.sha256().isEmpty()) {
      tags.put(SHA256_TAG, known.sha256());
    }

    if (!hasContract(version)) {
      contract(registry, known, tags);
    }

    if (!tags.isEmpty()) {
      if (!version.tags().containsKey(ModelFiles.REGISTERED_AT)) {
        tags.put(ModelFiles.REGISTERED_AT, context.clock().instant().toString());
      }

      registry.tagVersion(model, number, tags);
    }

    return known;
  }

  /** A version with its SHA-256, of which nothing is taken up; errors as {@link #adopt}. */
  public ModelVersion find(String number) {
    ModelRegistry registry = context.registry().get();
    return identified(registry, named(registry, number));
  }

  private ModelVersion named(ModelRegistry registry, String number) {
    return registry.byVersion(model, number).orElseThrow(() -> absent(registry, number));
  }

  private ModelVersion identified(ModelRegistry registry, ModelVersion version) {
    return ModelCache.of(context.lake(), context.progress()).identified(registry, version);
  }

  private static boolean hasContract(ModelVersion version) {
    return ModelFiles.isCarriedBy(version, ModelFiles.CONTRACT)
        || version.tags().containsKey(CONTRACT_TAG);
  }

  private void contract(ModelRegistry registry, ModelVersion version, Map<String, String> tags) {
    ModelContract contract = ModelContracts.of(context).of(registry, version);
    String text = contract.toJsonLine();
    ContractText.lines(version.toString(), contract).forEach(this::say);
    if (text.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      say(version + " is too wide for its contract to be kept with it: it is derived each time");
      return;
    }

    tags.put(CONTRACT_TAG, text);
  }

  private void say(String line) {
    context.progress().say("model", line);
  }

  private MillraceException absent(ModelRegistry registry, String number) {
    List<String> there =
        registry.versions(model).stream().map(ModelVersion::version).limit(20).toList();
    return new MillraceException(
        ErrorCategory.INPUT_MISSING,
        "Cannot find %s/%s in %s: it has %s; name one of them, or the registry that has it"
            .formatted(
                model,
                number,
                registry.location(),
                there.isEmpty()
                    ? "no version of " + model
                    : "versions " + String.join(", ", there)));
  }
}
