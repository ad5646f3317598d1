package org.millrace.jobs.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.jobs.evaluate.FeatureProfile;

/**
 * A trained model whose exports were compared with Spark's own predictions.
 *
 * @param trained the model and its baseline
 * @param trees how the export of the trees compares
 * @param baseline how the export of the baseline compares
 * @param profile how the features it was trained on are spread
 */
record CheckedModel(
    TrainedModel trained,
    ExportCheck.Result trees,
    ExportCheck.Result baseline,
    FeatureProfile profile) {
  /** For the run's page. */
  Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>(trained.metrics());
    metrics.put("export.max_difference", trees.maxDifference());
    metrics.put("export.ties", (double) trees.ties());
    metrics.put("export.baseline_max_difference", baseline.maxDifference());
    trained.seconds().forEach((phase, seconds) -> metrics.put("seconds." + phase, seconds));
    return metrics;
  }
}
