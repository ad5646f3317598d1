package org.millrace.jobs.evaluate;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A summary of a classification into several classes, and the counts that a confusion matrix is
 * drawn from.
 *
 * @param summary the numbers
 * @param classes in the order of the probabilities
 * @param confusion cells that have rows, by label, then by prediction, in the order of the classes
 */
public record MulticlassMetrics(
    MulticlassSummary summary, List<String> classes, List<ConfusionCell> confusion)
    implements TaskMetrics {

  /** Copies the lists. */
  public MulticlassMetrics {
    requireNonNull(summary, "summary is null");
    classes = List.copyOf(classes);
    confusion = List.copyOf(confusion);
  }

  /**
   * Rows of a label for which a class was predicted.
   *
   * @param rows at least 1
   */
  public record ConfusionCell(String label, String predicted, long rows) {}
}
