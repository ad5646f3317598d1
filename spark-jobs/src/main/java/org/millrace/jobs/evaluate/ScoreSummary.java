package org.millrace.jobs.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How well probabilities met their 0/1 labels.
 *
 * @param rows evaluated, at least 1
 * @param positives rows whose label is 1
 * @param auc area under the ROC curve, in [0, 1]; NaN where a class is missing
 * @param aucReason why {@code auc} is NaN; empty where it is a number
 * @param prAuc area under the precision-recall curve, as average precision, in (0, 1]; 1 if all
 *     labels are 1; empty if none is, and in what a release without this metric has written
 * @param logLoss mean of -ln of the probability given to what came true, at least 0
 * @param brier mean squared difference of probability and label, in [0, 1]
 * @param calibrationError expected calibration error over 10 bins, in [0, 1]
 * @param baseRate share of positives
 * @param meanScore mean probability
 */
public record ScoreSummary(
    long rows,
    long positives,
    double auc,
    Optional<String> aucReason,
    OptionalDouble prAuc,
    double logLoss,
    double brier,
    double calibrationError,
    double baseRate,
    double meanScore)
    implements TaskSummary {

  @Override
  public Map<String, Double> asMap() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (!Double.isNaN(auc)) {
      metrics.put("auc", auc);
    }

    prAuc.ifPresent(area -> metrics.put("pr_auc", area));
    metrics.put("log_loss", logLoss);
    metrics.put("brier", brier);
    metrics.put("calibration_error", calibrationError);
    metrics.put("base_rate", baseRate);
    metrics.put("mean_score", meanScore);
    metrics.put("rows", (double) rows);
    metrics.put("positives", (double) positives);
    return metrics;
  }
}
