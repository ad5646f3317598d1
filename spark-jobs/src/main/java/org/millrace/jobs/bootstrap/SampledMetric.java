package org.millrace.jobs.bootstrap;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The metrics of which resamples can be made, defined as the evaluation of the task does. */
public enum SampledMetric {
  /** Area under the ROC curve, a tie being one half. */
  AUC,
  /** Mean log loss. */
  LOG_LOSS,
  /** Mean squared difference of probability and label. */
  BRIER,
  /** Root mean squared error. */
  RMSE,
  /** Mean absolute error. */
  MAE,
  /** Sum of absolute errors / sum of absolute labels. */
  WAPE;

  private static final double CLIP = 1e-15;

  /** The metric of a name in evaluations; empty if no resample of it can be made. */
  public static Optional<SampledMetric> of(String name) {
    return Arrays.stream(values()).filter(metric -> metric.word().equals(name)).findFirst();
  }

  /** Its name in evaluations. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is a ratio of sums over rows; else the order of the rows counts. */
  boolean isRatio() {
    return this != AUC;
  }

  /** What a row adds above the line. */
  double above(double label, double score) {
    double error = score - label;
    return switch (this) {
      case LOG_LOSS -> {
        double clipped = Math.min(Math.max(score, CLIP), 1 - CLIP);
        yield -(label == 1 ? Math.log(clipped) : Math.log1p(-clipped));
      }
      case BRIER, RMSE -> error * error;
      case MAE, WAPE -> Math.abs(error);
      case AUC -> throw new IllegalStateException("AUC is no ratio of sums");
    };
  }

  /** What a row adds below the line. */
  double below(double label) {
    return this == WAPE ? Math.abs(label) : 1;
  }

  /** The metric from the two sums. */
  double of(double above, double below) {
    double ratio = above / below;
    return this == RMSE ? Math.sqrt(ratio) : ratio;
  }
}
