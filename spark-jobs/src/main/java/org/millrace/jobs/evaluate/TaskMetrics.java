package org.millrace.jobs.evaluate;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;

/**
 * What an evaluation has measured, whatever the model predicts. In JSON a field {@code task} names
 * the kind; JSON without it is binary, as releases that knew no other task have written it.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "task", defaultImpl = BinaryMetrics.class)
@JsonSubTypes({
  @JsonSubTypes.Type(value = BinaryMetrics.class, name = "binary"),
  @JsonSubTypes.Type(value = RegressionMetrics.class, name = "regression"),
  @JsonSubTypes.Type(value = MulticlassMetrics.class, name = "multiclass")
})
public sealed interface TaskMetrics permits BinaryMetrics, RegressionMetrics, MulticlassMetrics {
  /** Rows evaluated, at least 1. */
  long rows();

  /**
   * The numbers by the names that gate rules and MLflow use, such as {@code log_loss}; a metric
   * that is undefined is left out.
   */
  Map<String, Double> asMap();
}
