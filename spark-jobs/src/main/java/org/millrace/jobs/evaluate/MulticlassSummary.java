package org.millrace.jobs.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How well probabilities of several classes met their labels.
 *
 * @param rows evaluated, at least 1
 * @param accuracy share of rows whose label has the highest probability, in [0, 1]
 * @param macroF1 mean F1 score of the classes that are a label or a prediction, in [0, 1]
 * @param top2Accuracy share of rows whose label is among the 2 highest probabilities; empty unless
 *     there are more than 2 classes
 * @param top3Accuracy share of rows whose label is among the 3 highest probabilities; empty unless
 *     there are more than 3 classes
 * @param logLoss mean of -ln of the probability given to the label, at least 0
 */
public record MulticlassSummary(
    long rows,
    double accuracy,
    double macroF1,
    OptionalDouble top2Accuracy,
    OptionalDouble top3Accuracy,
    double logLoss)
    implements TaskSummary {

  @Override
  public Map<String, Double> asMap() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("accuracy", accuracy);
    metrics.put("macro_f1", macroF1);
    top2Accuracy.ifPresent(share -> metrics.put("top_2_accuracy", share));
    top3Accuracy.ifPresent(share -> metrics.put("top_3_accuracy", share));
    metrics.put("log_loss", logLoss);
    metrics.put("rows", (double) rows);
    return metrics;
  }
}
