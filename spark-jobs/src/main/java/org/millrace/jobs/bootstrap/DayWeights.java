package org.millrace.jobs.bootstrap;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * By day the rows that a resample has drawn. Drawn rows are weighed so that each day counts for as
 * many rows as it has: the days are strata. Not thread-safe until it is read only; travels to
 * executors.
 */
final class DayWeights implements Serializable {
  private static final long serialVersionUID = 1L;

  private final PoissonWeights weights;
  private final Map<Integer, double[]> totals = new HashMap<>(); // the first one: rows

  DayWeights(PoissonWeights weights) {
    this.weights = weights;
  }

  static DayWeights count(PoissonWeights weights, Iterator<PairedRow> rows) {
    DayWeights counted = new DayWeights(weights);
    double[] drawn = new double[weights.resamples() + 1];
    while (rows.hasNext()) {
      PairedRow row = rows.next();
      weights.draw(row.key(), drawn);
      counted.add(row.day(), drawn);
    }

    return counted;
  }

  void add(DayWeights more) {
    more.totals.forEach(this::add);
  }

  private void add(int day, double[] drawn) {
    double[] sums = totals.computeIfAbsent(day, key -> new double[drawn.length]);
    for (int resample = 0; resample < drawn.length; resample++) {
      sums[resample] += drawn[resample];
    }
  }

  /** What a row counts for in each resample; a day of which none was drawn counts for nothing. */
  void of(PairedRow row, double[] into) {
    weights.draw(row.key(), into);
    double[] sums = totals.get(row.day());
    if (sums == null) {
      throw new IllegalStateException("Day " + row.day() + " was not counted");
    }

    for (int resample = 1; resample < into.length; resample++) {
      if (into[resample] > 0) {
        into[resample] *= sums[0] / sums[resample];
      }
    }
  }

  /** One more than the resamples: the first is of the rows as they are. */
  int width() {
    return weights.resamples() + 1;
  }
}
