package org.millrace.jobs.evaluate;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Json;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;

/**
 * Evaluations with their series, as the report draws them: {@code ops.evaluation}, one row each,
 * the newest counts. Driver only.
 */
public final class EvaluationTable {
  /** The table. */
  public static final String TABLE = "ops.evaluation";

  private static final StructType SCHEMA =
      new StructType()
          .add("model", DataTypes.StringType)
          .add("model_version", DataTypes.StringType)
          .add("slice", DataTypes.StringType)
          .add("from_day", DataTypes.DateType)
          .add("to_day", DataTypes.DateType)
          .add("metrics", DataTypes.StringType)
          .add("evaluated_at", DataTypes.TimestampType);

  private final Lake lake;

  /** Uses the table of a lake. */
  public EvaluationTable(Lake lake) {
    this.lake = requireNonNull(lake, "lake is null");
  }

  /** Keeps an evaluation. */
  public void append(
      String model,
      String version,
      String slice,
      DayRange days,
      TaskMetrics metrics,
      Instant at,
      CommitNote note) {
    Row row =
        RowFactory.create(model, version, slice, days.from(), days.to(), Json.write(metrics), at);
    Dataset<Row> rows = lake.spark().createDataFrame(List.of(row), SCHEMA).coalesce(1);
    new TableWriter(
            lake,
            TABLE,
            "Evaluations of models on slices, with the series that pictures are drawn from",
            Map.of(),
            Optional.empty())
        .append(rows, note);
  }

  /** The newest evaluation of a version on a slice, whatever the model predicts. */
  public Optional<TaskMetrics> newest(String model, String version, String slice) {
    Optional<TableVersion> table = lake.current(TABLE);
    if (table.isEmpty()) {
      return Optional.empty();
    }

    return lake
        .read(table.get())
        .where(
            col("model")
                .equalTo(model)
                .and(col("model_version").equalTo(version))
                .and(col("slice").equalTo(slice)))
        .orderBy(col("evaluated_at").desc())
        .select("metrics")
        .takeAsList(1)
        .stream()
        .findFirst()
        .map(row -> Json.read(row.getString(0), TaskMetrics.class));
  }
}
