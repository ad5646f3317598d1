package org.millrace.jobs.evaluate;

import java.util.Map;

/** The numbers of an evaluation, whatever the model predicts. */
public sealed interface TaskSummary permits ScoreSummary, RegressionSummary, MulticlassSummary {
  /** Rows evaluated, at least 1. */
  long rows();

  /**
   * The numbers by the names that gate rules and MLflow use, such as {@code log_loss}; a metric
   * that is undefined is left out.
   */
  Map<String, Double> asMap();
}
