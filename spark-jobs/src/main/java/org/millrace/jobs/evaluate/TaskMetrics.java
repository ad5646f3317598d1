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
  /** The numbers. */
  TaskSummary summary();

  /** Rows evaluated, at least 1. */
  default long rows() {
    return summary().rows();
  }

  /** As {@link TaskSummary#asMap}. */
  default Map<String, Double> asMap() {
    return summary().asMap();
  }
}
