package org.millrace.features.validation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;

/**
 * Reports as rows of a table, those of failed runs too: one row for each metric of a rule, and one
 * without a metric for a rule that has none. Driver only.
 */
public final class ValidationMetrics {
  /** The table's columns. */
  public static final StructType SCHEMA =
      new StructType()
          .add("table_name", DataTypes.StringType, false, "table the rows were to go to")
          .add("from_day", DataTypes.DateType, false, "first day of the rows")
          .add("to_day", DataTypes.DateType, false, "last day of the rows")
          .add("run_key", DataTypes.StringType, false, "intent that asked")
          .add("rule", DataTypes.StringType, false, "text of the rule")
          .add("verdict", DataTypes.StringType, false, "PASS or FAIL, of the rule")
          .add("metric", DataTypes.StringType, true, "name of the metric")
          .add("value", DataTypes.DoubleType, true, "value of the metric")
          .add("bound", DataTypes.StringType, false, "what was asked of the value")
          .add("reason", DataTypes.StringType, true, "why the rule failed")
          .add("row_count", DataTypes.LongType, false, "rows that were judged")
          .add("evaluated_at", DataTypes.TimestampType, false, "when they were judged");

  private ValidationMetrics() {}

  /** The rows of one report. */
  public static Dataset<Row> rows(
      SparkSession spark,
      ValidationReport report,
      String table,
      DayRange days,
      String runKey,
      Instant evaluatedAt) {
    List<Row> rows = new ArrayList<>();
    for (RuleOutcome outcome : report.outcomes()) {
      Map<String, Double> metrics = outcome.metrics();
      if (metrics.isEmpty()) {
        Double value =
            outcome.value().isPresent() ? Double.valueOf(outcome.value().getAsDouble()) : null;
        rows.add(row(report, outcome, null, value, table, days, runKey, evaluatedAt));
      }

      metrics.forEach(
          (metric, value) ->
              rows.add(row(report, outcome, metric, value, table, days, runKey, evaluatedAt)));
    }

    return spark.createDataFrame(rows, SCHEMA);
  }

  private static Row row(
      ValidationReport report,
      RuleOutcome outcome,
      @Nullable String metric,
      @Nullable Double value,
      String table,
      DayRange days,
      String runKey,
      Instant evaluatedAt) {
    return RowFactory.create(
        table,
        days.from(),
        days.to(),
        runKey,
        outcome.rule(),
        outcome.passed() ? "PASS" : "FAIL",
        metric,
        value,
        outcome.bound(),
        outcome.reason().orElse(null),
        report.rows(),
        evaluatedAt);
  }
}
