package org.millrace.jobs.bootstrap;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;

/** Sums of ratios over rows, in all resamples and for both models. Not thread-safe. */
final class RatioSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<SampledMetric> metrics;
  private final double[][] candidate;
  private final double[][] champion;
  private final double[][] below;

  RatioSums(List<SampledMetric> metrics, int width) {
    this.metrics = List.copyOf(metrics);
    candidate = new double[metrics.size()][width];
    champion = new double[metrics.size()][width];
    below = new double[metrics.size()][width];
  }

  static RatioSums of(List<SampledMetric> metrics, DayWeights days, Iterator<PairedRow> rows) {
    RatioSums sums = new RatioSums(metrics, days.width());
    double[] weights = new double[days.width()];
    while (rows.hasNext()) {
      PairedRow row = rows.next();
      days.of(row, weights);
      sums.add(row, weights);
    }

    return sums;
  }

  private void add(PairedRow row, double[] weights) {
    for (int metric = 0; metric < metrics.size(); metric++) {
      SampledMetric of = metrics.get(metric);
      add(candidate[metric], of.above(row.label(), row.candidate()), weights);
      add(champion[metric], of.above(row.label(), row.champion()), weights);
      add(below[metric], of.below(row.label()), weights);
    }
  }

  private static void add(double[] sums, double value, double[] weights) {
    for (int resample = 0; resample < sums.length; resample++) {
      sums[resample] += weights[resample] * value;
    }
  }

  void add(RatioSums more) {
    for (int metric = 0; metric < metrics.size(); metric++) {
      add(candidate[metric], 1, more.candidate[metric]);
      add(champion[metric], 1, more.champion[metric]);
      add(below[metric], 1, more.below[metric]);
    }
  }

  /** A metric of both models in each resample. */
  Resamples of(SampledMetric metric) {
    int at = metrics.indexOf(metric);
    return new Resamples(
        values(metric, candidate[at], below[at]), values(metric, champion[at], below[at]));
  }

  private static double[] values(SampledMetric metric, double[] above, double[] below) {
    double[] values = new double[above.length];
    for (int resample = 0; resample < values.length; resample++) {
      values[resample] = metric.of(above[resample], below[resample]);
    }

    return values;
  }
}
