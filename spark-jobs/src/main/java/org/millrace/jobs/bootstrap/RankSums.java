package org.millrace.jobs.bootstrap;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Pairs of a positive and a negative row that one model has in the right order, in all resamples,
 * of a part of the rows whose scores lie between those of the other parts. Not thread-safe.
 */
final class RankSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] positives;
  private final double[] negatives;
  private final double[] won;
  private double least = Double.NaN;

  private RankSums(int width) {
    positives = new double[width];
    negatives = new double[width];
    won = new double[width];
  }

  /**
   * Of a part.
   *
   * @param rows by ascending score
   * @param score of the model
   */
  static RankSums of(DayWeights days, Iterator<PairedRow> rows, ToDoubleFunction<PairedRow> score) {
    RankSums sums = new RankSums(days.width());
    double[] weights = new double[days.width()];
    double[] tiedPositives = new double[days.width()];
    double[] tiedNegatives = new double[days.width()];
    double tied = Double.NaN;
    while (rows.hasNext()) {
      PairedRow row = rows.next();
      double value = score.applyAsDouble(row);
      if (value != tied) {
        sums.close(tiedPositives, tiedNegatives);
        sums.least = Double.isNaN(sums.least) ? value : sums.least;
        tied = value;
      }

      days.of(row, weights);
      add(row.label() == 1 ? tiedPositives : tiedNegatives, weights);
    }

    sums.close(tiedPositives, tiedNegatives);
    return sums;
  }

  /** Ends rows of equal score: each pair among them is won by half. */
  private void close(double[] tiedPositives, double[] tiedNegatives) {
    for (int resample = 0; resample < won.length; resample++) {
      won[resample] +=
          tiedPositives[resample] * (negatives[resample] + tiedNegatives[resample] / 2);
      positives[resample] += tiedPositives[resample];
      negatives[resample] += tiedNegatives[resample];
    }

    Arrays.fill(tiedPositives, 0);
    Arrays.fill(tiedNegatives, 0);
  }

  private static void add(double[] sums, double[] more) {
    for (int resample = 0; resample < sums.length; resample++) {
      sums[resample] += more[resample];
    }
  }

  /**
   * The area under the curve in each resample; NaN where it has one class alone.
   *
   * @param parts all of them, in any order; no score is in two
   */
  static double[] auc(List<RankSums> parts, int width) {
    RankSums all = new RankSums(width);
    parts.stream()
        .filter(part -> !Double.isNaN(part.least))
        .sorted((one, other) -> Double.compare(one.least, other.least))
        .forEach(all::append);
    double[] auc = new double[width];
    for (int resample = 0; resample < width; resample++) {
      auc[resample] = all.won[resample] / (all.positives[resample] * all.negatives[resample]);
    }

    return auc;
  }

  /** A part whose scores are all above those that were appended. */
  private void append(RankSums part) {
    for (int resample = 0; resample < won.length; resample++) {
      won[resample] += part.won[resample] + part.positives[resample] * negatives[resample];
    }

    add(positives, part.positives);
    add(negatives, part.negatives);
  }
}
