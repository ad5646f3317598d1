package org.millrace.jobs.evaluate;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The evaluator of a task with given classes. Driver only.
 *
 * @param classes in the order of the probabilities
 */
record EvaluateClasses(List<String> classes) implements Evaluator {
  /** Copies the list. */
  EvaluateClasses {
    classes = List.copyOf(classes);
  }

  @Override
  public MulticlassMetrics evaluate(Dataset<Row> rows, String label, String probabilities) {
    return EvaluateMulticlass.evaluate(rows, label, probabilities, classes);
  }

  @Override
  public Map<LocalDate, MulticlassSummary> evaluateByDay(
      Dataset<Row> rows, String day, String label, String probabilities) {
    return EvaluateMulticlass.evaluateByDay(rows, day, label, probabilities, classes);
  }
}
