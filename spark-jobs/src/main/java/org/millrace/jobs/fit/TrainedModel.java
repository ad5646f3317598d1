package org.millrace.jobs.fit;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a training run made. Driver only; the Spark models inside need the session they came from.
 *
 * @param exported the model, in {@code model.onnx}
 * @param rowsUsed rows trained on
 * @param rowsExcluded rows left out by the definition's condition
 * @param importances share of the trees' gain by input, highest first; they sum to 1
 * @param params what the model was trained with, for the run's page
 * @param metrics on training rows (about 50,000 of a larger set), such as {@code train.auc} and
 *     {@code train.log_loss}
 * @param seconds wall time by phase, in order
 */
public record TrainedModel(
    ExportedModel exported,
    long rowsUsed,
    long rowsExcluded,
    Map<String, Double> importances,
    Map<String, String> params,
    Map<String, Double> metrics,
    Map<String, Double> seconds) {
  /** Copies the maps and keeps their order. */
  public TrainedModel {
    requireNonNull(exported, "exported is null");
    importances = ordered(importances);
    params = ordered(params);
    metrics = ordered(metrics);
    seconds = ordered(seconds);
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
