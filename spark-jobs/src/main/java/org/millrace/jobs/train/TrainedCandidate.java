package org.millrace.jobs.train;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelPackage;

/**
 * What a trainer made, checked and ready to be registered. Driver only.
 *
 * @param model its file
 * @param algorithm a phrase for the run's page: {@code gradient-boosted trees}, {@code by python
 *     train.py}
 * @param contract what it needs and gives
 * @param files that belong to it beside contract and profile, by name
 * @param rowsUsed rows trained on
 * @param rowsExcluded rows left out by the definition's condition
 * @param params what it was trained with, for the run's page
 * @param metrics of the training, for the run's page
 * @param check what the check of the file found, for the result line
 */
record TrainedCandidate(
    ModelFile model,
    String algorithm,
    ModelContract contract,
    Map<String, byte[]> files,
    long rowsUsed,
    long rowsExcluded,
    Map<String, String> params,
    Map<String, Double> metrics,
    Check check) {
  /** Copies the maps. */
  TrainedCandidate {
    requireNonNull(model, "model is null");
    requireNonNull(algorithm, "algorithm is null");
    requireNonNull(contract, "contract is null");
    requireNonNull(check, "check is null");
    files = Map.copyOf(files);
    params = Map.copyOf(params);
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * A file as registries describe it.
   *
   * @param inputs empty if they are no tensors of {@code [rows, width]}
   * @param outputs as the inputs
   */
  record ModelFile(
      Path onnx,
      String sha256,
      List<ModelPackage.Field> inputs,
      List<ModelPackage.Field> outputs) {}

  /**
   * What was compared.
   *
   * @param rows scored by ONNX Runtime and by what trained the model
   * @param maxDifference of two scores
   * @param ties rows that met a threshold exactly; 0 if that is not known
   */
  record Check(long rows, double maxDifference, long ties) {}
}
