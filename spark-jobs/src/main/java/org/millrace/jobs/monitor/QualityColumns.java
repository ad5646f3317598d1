package org.millrace.jobs.monitor;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Task;
import org.millrace.jobs.evaluate.TaskSummary;

/**
 * Columns of the table of realised quality: those of the task's metrics, the same in each run of a
 * pipeline. A metric that is undefined on a day is NaN. Driver only.
 *
 * @param task of the model
 */
record QualityColumns(Task task) {
  private static final Set<String> COUNTS = Set.of("positives");

  StructType schema() {
    StructType schema =
        new StructType()
            .add(MonitoringTables.DAY, DataTypes.DateType)
            .add("model_version", DataTypes.StringType)
            .add("rows", DataTypes.LongType);
    for (String metric : task.dayMetrics()) {
      schema =
          schema.add(metric, COUNTS.contains(metric) ? DataTypes.LongType : DataTypes.DoubleType);
    }

    return schema.add("judged_at", DataTypes.TimestampType);
  }

  Row row(LocalDate day, String version, TaskSummary summary, Instant now) {
    List<@Nullable Object> values = new ArrayList<>(List.of(day, version, summary.rows()));
    Map<String, Double> measured = summary.asMap();
    for (String metric : task.dayMetrics()) {
      double value = measured.getOrDefault(metric, Double.NaN);
      values.add(COUNTS.contains(metric) ? (Object) Math.round(value) : (Object) value);
    }

    values.add(now);
    return RowFactory.create(values.toArray());
  }

  Map<String, String> comments() {
    Map<String, String> comments = new LinkedHashMap<>();
    comments.put(MonitoringTables.DAY, "Local day of the questions; partition");
    switch (task) {
      case BINARY -> {
        comments.put("auc", "Area under the ROC curve of the day; NaN if only one class occurred");
        comments.put("calibration_error", "Expected calibration error, 10 bins of equal width");
      }
      case REGRESSION -> {
        comments.put("rmse", "Root mean squared error, in the unit of the label");
        comments.put("mae", "Mean absolute error, in the unit of the label");
        comments.put("wape", "Sum of absolute errors / sum of absolute labels; NaN if that is 0");
        comments.put("r2", "Coefficient of determination; NaN if all labels are equal");
        comments.put("bias", "Mean of score - label");
      }
      case MULTICLASS -> {
        comments.put("macro_f1", "Mean F1 of the classes that are a label or a prediction");
        comments.put("accuracy", "Share of rows whose label is the most probable class");
        comments.put("top_2_accuracy", "Share of rows whose label is among the 2 most probable");
        comments.put("top_3_accuracy", "The same of 3; NaN if there are only as many classes");
        comments.put("log_loss", "Mean of -ln of the probability of the label");
      }
    }

    return comments;
  }
}
