package org.millrace.jobs.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.millrace.jobs.evaluate.MulticlassMetrics.ConfusionCell;

/**
 * Takes cells of the confusion matrix in any order, each once, and has all metrics at the end. Not
 * thread-safe.
 *
 * <p>Macro F1: the mean over classes of 2 x hits / (rows of the label + rows of the prediction),
 * which is F1 (van Rijsbergen, Information Retrieval, 1979, chapter 7; scikit-learn's {@code
 * f1_score} with {@code average='macro'}). A class that is neither a label nor a prediction does
 * not count.
 */
final class MulticlassFold {
  private final List<String> classes;
  private final long[] labels;
  private final long[] predictions;
  private final long[] hits;
  private final List<Cell> cells = new ArrayList<>();

  MulticlassFold(List<String> classes) {
    this.classes = classes;
    this.labels = new long[classes.size()];
    this.predictions = new long[classes.size()];
    this.hits = new long[classes.size()];
  }

  /**
   * Rows of a label and a prediction, which are positions of classes.
   *
   * @param top2 rows whose label is among the 2 highest probabilities
   * @param top3 rows whose label is among the 3 highest probabilities
   * @param logLoss sum over the rows
   */
  record Cell(int label, int predicted, long rows, long top2, long top3, double logLoss) {}

  void add(Cell cell) {
    labels[cell.label()] += cell.rows();
    predictions[cell.predicted()] += cell.rows();
    if (cell.label() == cell.predicted()) {
      hits[cell.label()] += cell.rows();
    }

    cells.add(cell);
  }

  boolean isEmpty() {
    return cells.isEmpty();
  }

  MulticlassSummary summary() {
    long rows = Arrays.stream(labels).sum();
    long top2 = 0;
    long top3 = 0;
    double logLoss = 0;
    for (Cell cell : cells) {
      top2 += cell.top2();
      top3 += cell.top3();
      logLoss += cell.logLoss();
    }

    return new MulticlassSummary(
        rows,
        (double) Arrays.stream(hits).sum() / rows,
        macroF1(),
        top(2, (double) top2 / rows),
        top(3, (double) top3 / rows),
        logLoss / rows);
  }

  MulticlassMetrics metrics() {
    return new MulticlassMetrics(
        summary(),
        classes,
        cells.stream()
            .sorted(Comparator.comparingInt(Cell::label).thenComparingInt(Cell::predicted))
            .map(
                cell ->
                    new ConfusionCell(
                        classes.get(cell.label()), classes.get(cell.predicted()), cell.rows()))
            .toList());
  }

  private OptionalDouble top(int count, double share) {
    return classes.size() > count ? OptionalDouble.of(share) : OptionalDouble.empty();
  }

  private double macroF1() {
    double sum = 0;
    int occurring = 0;
    for (int i = 0; i < hits.length; i++) {
      long rows = labels[i] + predictions[i];
      if (rows > 0) {
        sum += 2.0 * hits[i] / rows;
        occurring++;
      }
    }

    return sum / occurring;
  }
}
