package org.millrace.jobs.evaluate;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Task;

/** Compares scores with labels, as the task of the model asks for. Driver only; stateless. */
public interface Evaluator {
  /**
   * All rows as one slice.
   *
   * @param label column of what came true
   * @param score column of scores; of several classes the array of their probabilities
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT if there is no row, or a label
   *     or a score is missing or not such as the task has
   */
  TaskMetrics evaluate(Dataset<Row> rows, String label, String score);

  /**
   * Each day's summary.
   *
   * @param day column of type DATE; must not be null
   * @return by day, ascending; days without rows are absent
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT as {@link #evaluate}, except
   *     that no rows give no days
   */
  Map<LocalDate, ? extends TaskSummary> evaluateByDay(
      Dataset<Row> rows, String day, String label, String score);

  /**
   * The evaluator of a task.
   *
   * @param classes of {@link Task#MULTICLASS}, in the order of the probabilities; else empty
   */
  static Evaluator of(Task task, List<String> classes) {
    return switch (task) {
      case BINARY -> new EvaluateBinary();
      case REGRESSION -> new EvaluateRegression();
      case MULTICLASS -> new EvaluateClasses(classes);
    };
  }
}
