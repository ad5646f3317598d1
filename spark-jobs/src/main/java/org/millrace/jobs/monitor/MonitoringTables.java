package org.millrace.jobs.monitor;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.MonitoringDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.evaluate.Drift;
import org.millrace.jobs.evaluate.ScoreSummary;
import org.millrace.jobs.tables.MonitoringTableNames;

/** The two tables of monitoring, replaced day by day. Driver only. */
final class MonitoringTables {
  /** The judged day; partition. */
  static final String DAY = "day";

  private static final StructType QUALITY =
      new StructType()
          .add(DAY, DataTypes.DateType)
          .add("model_version", DataTypes.StringType)
          .add("rows", DataTypes.LongType)
          .add("positives", DataTypes.LongType)
          .add("auc", DataTypes.DoubleType)
          .add("log_loss", DataTypes.DoubleType)
          .add("brier", DataTypes.DoubleType)
          .add("calibration_error", DataTypes.DoubleType)
          .add("mean_score", DataTypes.DoubleType)
          .add("judged_at", DataTypes.TimestampType);

  private static final StructType DRIFT =
      new StructType()
          .add(DAY, DataTypes.DateType)
          .add("model_version", DataTypes.StringType)
          .add("feature", DataTypes.StringType)
          .add("psi", DataTypes.DoubleType)
          .add("training_null_rate", DataTypes.DoubleType)
          .add("null_rate", DataTypes.DoubleType)
          .add("rows", DataTypes.LongType)
          .add("is_drifted", DataTypes.BooleanType)
          .add("judged_at", DataTypes.TimestampType);

  private final Lake lake;
  private final MonitoringDefinition monitoring;
  private final Lease lease;

  MonitoringTables(Lake lake, MonitoringDefinition monitoring, Lease lease) {
    this.lake = lake;
    this.monitoring = monitoring;
    this.lease = lease;
  }

  TableVersion writeQuality(
      ModelVersion model,
      Map<LocalDate, ScoreSummary> quality,
      Instant now,
      DayRange days,
      CommitNote note) {
    List<Row> rows = new ArrayList<>();
    quality.forEach(
        (day, summary) ->
            rows.add(
                RowFactory.create(
                    day,
                    model.version(),
                    summary.rows(),
                    summary.positives(),
                    summary.auc(),
                    summary.logLoss(),
                    summary.brier(),
                    summary.calibrationError(),
                    summary.meanScore(),
                    now)));
    Map<String, String> comments = new LinkedHashMap<>();
    comments.put(DAY, "Local day of the questions; partition");
    comments.put("auc", "Area under the ROC curve of the day; NaN if only one class occurred");
    comments.put("calibration_error", "Expected calibration error, 10 bins of equal width");
    return write(
        LedgerObjects.quality(monitoring.model()),
        "Realised quality of the predictions in force, by day",
        comments,
        rows,
        QUALITY,
        days,
        note);
  }

  TableVersion writeDrift(
      ModelVersion model,
      Map<LocalDate, Map<String, Drift>> drift,
      Instant now,
      DayRange days,
      CommitNote note) {
    List<Row> rows = new ArrayList<>();
    drift.forEach(
        (day, features) ->
            features.forEach(
                (feature, found) ->
                    rows.add(
                        RowFactory.create(
                            day,
                            model.version(),
                            feature,
                            found.psi(),
                            found.referenceNullRate(),
                            found.nullRate(),
                            found.rows(),
                            found.psi() >= monitoring.psiWarning(),
                            now))));
    return write(
        MonitoringTableNames.drift(monitoring.model()),
        "Features of a day against the training set: population stability index and null rates",
        Map.of(DAY, "Local day of the questions; partition", "psi", "Population stability index"),
        rows,
        DRIFT,
        days,
        note);
  }

  private TableVersion write(
      String table,
      String description,
      Map<String, String> comments,
      List<Row> rows,
      StructType schema,
      DayRange days,
      CommitNote note) {
    String claimed = LedgerObjects.quality(monitoring.model()); // one lease for both tables
    return new TableWriter(lake, table, description, comments, Optional.of(DAY))
        .fencedBy(lease.fence(claimed, days.days()))
        .replaceDays(lake.spark().createDataFrame(rows, schema).coalesce(1), days, note);
  }
}
