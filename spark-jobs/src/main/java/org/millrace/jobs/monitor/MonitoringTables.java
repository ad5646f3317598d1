package org.millrace.jobs.monitor;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.MonitoringDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.evaluate.Drift;
import org.millrace.jobs.evaluate.FeatureBins;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.evaluate.TaskSummary;
import org.millrace.jobs.tables.MonitoringTableNames;

/** The two tables of monitoring, replaced day by day. Driver only. */
final class MonitoringTables {
  /** The judged day; partition. */
  static final String DAY = "day";

  /**
   * Rows of the day alone by bin of the training set; then those without a bin and without a value.
   */
  private static final String BINS = "bins";

  private static final String OTHERS = "others";
  private static final String NULLS = "nulls";

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
          .add("judged_at", DataTypes.TimestampType)
          .add("first_day", DataTypes.DateType)
          .add("chance", DataTypes.DoubleType)
          .add(BINS, DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType))
          .add(OTHERS, DataTypes.LongType)
          .add(NULLS, DataTypes.LongType);

  private final Lake lake;
  private final MonitoringDefinition monitoring;
  private final Task task;
  private final Lease lease;

  MonitoringTables(Lake lake, Pipeline pipeline, Lease lease) {
    this.lake = lake;
    this.monitoring = pipeline.monitoring();
    this.task = pipeline.training().task();
    this.lease = lease;
  }

  TableVersion writeQuality(
      ModelVersion model,
      Map<LocalDate, ? extends TaskSummary> quality,
      Instant now,
      DayRange days,
      CommitNote note) {
    QualityColumns columns = new QualityColumns(task);
    List<Row> rows = new ArrayList<>();
    quality.forEach((day, summary) -> rows.add(columns.row(day, model.version(), summary, now)));
    return write(
        LedgerObjects.quality(monitoring.model()),
        "Realised quality of the predictions in force, by day",
        columns.comments(),
        rows,
        columns.schema(),
        days,
        note);
  }

  TableVersion writeDrift(
      ModelVersion model,
      Map<LocalDate, DayDrift> drift,
      Instant now,
      DayRange days,
      CommitNote note) {
    List<Row> rows = new ArrayList<>();
    drift.forEach((day, of) -> rows.addAll(rows(model, day, of, now)));
    Map<String, String> comments = new LinkedHashMap<>();
    comments.put(DAY, "Local day of the questions; partition");
    comments.put("first_day", "First of the days that are compared together, until this one");
    comments.put("psi", "Population stability index of these days");
    comments.put("chance", "Probability of such a difference if nothing changed (chi-square)");
    comments.put("rows", "Rows of these days");
    comments.put(BINS, "Rows of the day alone, by bin of the training set");
    return write(
        MonitoringTableNames.drift(monitoring.model()),
        "Features of a day and of those before it against the training set",
        comments,
        rows,
        DRIFT,
        days,
        note);
  }

  private List<Row> rows(ModelVersion model, LocalDate day, DayDrift drift, Instant now) {
    List<Row> rows = new ArrayList<>();
    drift
        .counts()
        .forEach(
            (feature, counts) -> {
              Drift found = requireNonNull(drift.drift().get(feature), feature);
              rows.add(
                  RowFactory.create(
                      day,
                      model.version(),
                      feature,
                      found.psi(),
                      found.referenceNullRate(),
                      found.nullRate(),
                      found.rows(),
                      found.isDrifted(monitoring.psiWarning()),
                      now,
                      drift.first(),
                      found.chance(),
                      counts.counts(),
                      counts.other(),
                      counts.nulls()));
            });
    return rows;
  }

  /**
   * What was counted of days, if the same version was judged on them.
   *
   * @param reference the features, and the bins that they are counted in
   */
  Map<LocalDate, Map<String, FeatureBins>> counts(
      ModelVersion model, FeatureProfile reference, DayRange days) {
    Map<LocalDate, Map<String, FeatureBins>> counts = new TreeMap<>();
    lake.current(MonitoringTableNames.drift(monitoring.model()))
        .map(lake::read)
        .filter(table -> List.of(table.columns()).contains(BINS))
        .map(table -> table.where(Lake.inDays(DAY, days)))
        .map(table -> table.where(col("model_version").equalTo(model.version())))
        .map(
            table -> table.select(DAY, "feature", BINS, OTHERS, NULLS).where(col(BINS).isNotNull()))
        .ifPresent(
            table ->
                table.collectAsList().forEach(row -> count(row, reference.features(), counts)));
    return counts;
  }

  private static void count(
      Row row,
      Map<String, FeatureBins> reference,
      Map<LocalDate, Map<String, FeatureBins>> counts) {
    FeatureBins bins = reference.get(row.getString(1));
    if (bins != null) {
      Map<String, Long> found = row.<String, Long>getJavaMap(2);
      counts
          .computeIfAbsent(row.getLocalDate(0), day -> new LinkedHashMap<>())
          .put(row.getString(1), FeatureBins.like(bins, found, row.getLong(3), row.getLong(4)));
    }
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
        .replaceDaysAddingColumns(
            lake.spark().createDataFrame(rows, schema).coalesce(1), days, note);
  }
}
