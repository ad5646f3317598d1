package org.millrace.jobs.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;

/**
 * Pearson's chi-square test of homogeneity: how probable a difference of two distributions at least
 * as large is if both are samples of one (Pearson, On the criterion that a given system of
 * deviations ..., 1900; bins of which fewer than five rows are expected are taken together, after
 * Cochran, Some methods for strengthening the common chi-square tests, 1954).
 */
final class Homogeneity {
  private static final double LEAST_EXPECTED = 5;

  private Homogeneity() {}

  /** Rows of a bin, before and now. */
  private record Cell(double before, double now) {
    Cell and(Cell other) {
      return new Cell(before + other.before, now + other.now);
    }
  }

  /**
   * The probability, 0 to 1; 1 if there is too little to tell.
   *
   * @param reference has rows
   * @param now has rows, and the same bins
   */
  static double probability(FeatureBins reference, FeatureBins now) {
    double before = reference.rows();
    double after = now.rows();
    double all = before + after;
    double smaller = Math.min(before, after);
    List<Cell> cells = new ArrayList<>();
    Cell rare = new Cell(0, 0);
    for (Cell cell : cells(reference, now)) {
      if ((cell.before() + cell.now()) * smaller / all >= LEAST_EXPECTED) {
        cells.add(cell);
      } else {
        rare = rare.and(cell);
      }
    }

    if (rare.before() + rare.now() > 0) {
      cells.add(rare);
    }

    double statistic = 0;
    for (Cell cell : cells) {
      double rows = cell.before() + cell.now();
      statistic += term(cell.before(), rows * before / all) + term(cell.now(), rows * after / all);
    }

    return cells.size() < 2
        ? 1
        : 1 - new ChiSquaredDistribution(cells.size() - 1).cumulativeProbability(statistic);
  }

  private static List<Cell> cells(FeatureBins reference, FeatureBins now) {
    List<Cell> cells = new ArrayList<>();
    var counts = now.counts();
    reference
        .counts()
        .forEach((bin, rows) -> cells.add(new Cell(rows, counts.getOrDefault(bin, 0L))));
    cells.add(new Cell(reference.other(), now.other()));
    cells.add(new Cell(reference.nulls(), now.nulls()));
    return cells;
  }

  private static double term(double observed, double expected) {
    return (observed - expected) * (observed - expected) / expected;
  }
}
