package org.millrace.jobs.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.fit.ExportCheck;
import org.millrace.jobs.fit.TrainedModel;

/**
 * A trained model whose export was compared with Spark's own predictions.
 *
 * @param trained the model
 * @param export how its export compares
 * @param profile how the features it was trained on are spread
 */
record CheckedModel(TrainedModel trained, ExportCheck.Result export, FeatureProfile profile) {
  /** For the run's page. */
  Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>(trained.metrics());
    metrics.put("export.max_difference", export.maxDifference());
    metrics.put("export.ties", (double) export.ties());
    trained.seconds().forEach((phase, seconds) -> metrics.put("seconds." + phase, seconds));
    return metrics;
  }
}
