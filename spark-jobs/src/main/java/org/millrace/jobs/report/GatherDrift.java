package org.millrace.jobs.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.jobs.report.ReportData.FeatureDrift;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.MonitoringTableNames;

/** Reads the drift of the last days on which a version was judged. Driver only. */
final class GatherDrift {
  private static final String FIRST_DAY = "first_day";

  private final JobContext context;
  private final String model;
  private final Set<LocalDate> judged;

  GatherDrift(JobContext context, String model, Set<LocalDate> judged) {
    this.context = context;
    this.model = model;
    this.judged = judged;
  }

  /**
   * What was found.
   *
   * @param of the days and their rows, in words; empty if none was monitored
   */
  record Found(List<FeatureDrift> features, String of) {}

  Found of(String version) {
    return context
        .lake()
        .current(MonitoringTableNames.drift(model))
        .map(context.lake()::read)
        .map(rows -> rows.where(col("model_version").equalTo(version)))
        .flatMap(rows -> lastJudged(rows).map(last -> found(rows, last)))
        .orElse(new Found(List.of(), ""));
  }

  private static Found found(Dataset<Row> rows, LocalDate last) {
    // days that were judged by an earlier version of this program stand alone
    Column first =
        List.of(rows.columns()).contains(FIRST_DAY)
            ? coalesce(col(FIRST_DAY), col("day"))
            : col("day");
    List<Row> features =
        rows.where(col("day").equalTo(lit(last)))
            .select(
                col("feature"),
                col("psi"),
                col("is_drifted"),
                col("training_null_rate"),
                col("null_rate"),
                col("rows"),
                first)
            .collectAsList();
    return new Found(
        features.stream()
            .map(
                row ->
                    new FeatureDrift(
                        row.getString(0),
                        row.getDouble(1),
                        row.getBoolean(2),
                        row.getDouble(3),
                        row.getDouble(4)))
            .toList(),
        features.stream().findFirst().map(row -> of(row, last)).orElse(""));
  }

  private static String of(Row row, LocalDate last) {
    LocalDate first = row.getLocalDate(6);
    return "%s rows of %s"
        .formatted(
            Numbers.count(row.getLong(5)),
            first.equals(last) ? last.toString() : first + " to " + last);
  }

  private Optional<LocalDate> lastJudged(Dataset<Row> rows) {
    // not max(): Delta answers it from the log, and fails there with the java.time API
    return rows.select("day").distinct().orderBy(col("day").desc()).collectAsList().stream()
        .map(row -> row.getLocalDate(0))
        .filter(judged::contains)
        .findFirst();
  }
}
