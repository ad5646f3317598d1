package org.millrace.jobs.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How close numbers came to their labels. All but {@code rows}, {@code wape} and {@code r2} are in
 * the unit of the label.
 *
 * @param rows evaluated, at least 1
 * @param rmse square root of the mean squared error, at least 0
 * @param mae mean absolute error, at least 0
 * @param wape weighted absolute percentage error: sum of |error| / sum of |label|, as a share;
 *     empty if all labels are 0
 * @param r2 coefficient of determination, at most 1: 1 - sum of squared errors / sum of squared
 *     differences of the labels from their mean; empty if all labels are equal, as one row's are
 * @param bias mean of score - label
 * @param meanScore mean prediction
 * @param meanLabel mean label
 */
public record RegressionSummary(
    long rows,
    double rmse,
    double mae,
    OptionalDouble wape,
    OptionalDouble r2,
    double bias,
    double meanScore,
    double meanLabel)
    implements TaskSummary {

  @Override
  public Map<String, Double> asMap() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("rmse", rmse);
    metrics.put("mae", mae);
    wape.ifPresent(share -> metrics.put("wape", share));
    r2.ifPresent(share -> metrics.put("r2", share));
    metrics.put("bias", bias);
    metrics.put("mean_score", meanScore);
    metrics.put("mean_label", meanLabel);
    metrics.put("rows", (double) rows);
    return metrics;
  }
}
