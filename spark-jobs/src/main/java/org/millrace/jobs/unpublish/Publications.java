package org.millrace.jobs.unpublish;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.TableVersion;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * The publications of some days at one version of the prediction table. Those that were superseded
 * and not taken back lie on each other: the newest of them is what the one in force replaced.
 * Driver only.
 */
final class Publications {
  private static final StructType BACK =
      new StructType()
          .add("back_day", DataTypes.DateType)
          .add("back_number", DataTypes.LongType)
          .add("back_fingerprint", DataTypes.StringType)
          .add("back_superseded_at", DataTypes.TimestampType);

  private final Lake lake;
  private final TableVersion table;
  private final String dayColumn;
  private final List<Publication> all;

  private Publications(
      Lake lake, TableVersion table, String dayColumn, Collection<Publication> all) {
    this.lake = lake;
    this.table = table;
    this.dayColumn = dayColumn;
    this.all = all.stream().sorted(Publication.OLDEST_FIRST).toList();
  }

  /** Reads them: one Spark job, none without days. */
  static Publications read(
      Lake lake, TableVersion table, String dayColumn, SortedSet<LocalDate> days) {
    if (days.isEmpty()) {
      return new Publications(lake, table, dayColumn, List.of());
    }

    List<Publication> all =
        rows(lake, table, dayColumn, days)
            .groupBy(
                col(dayColumn),
                number(),
                col(PredictionColumns.FINGERPRINT),
                col(PredictionColumns.MODEL_VERSION),
                col(PredictionColumns.SUPERSEDED_AT),
                col(PredictionColumns.WITHDRAWN_AT).isNotNull())
            .agg(count(lit(1)))
            .collectAsList()
            .stream()
            .map(Publications::publication)
            .toList();
    return new Publications(lake, table, dayColumn, all);
  }

  private static Dataset<Row> rows(
      Lake lake, TableVersion table, String dayColumn, SortedSet<LocalDate> days) {
    Column wanted =
        DayRange.covering(days).stream()
            .map(range -> expr(Lake.inDays(dayColumn, range)))
            .reduce(lit(false), Column::or);
    return PredictionColumns.complete(lake.read(table).where(wanted));
  }

  private static Column number() {
    return coalesce(col(PredictionColumns.PUBLICATION), lit(Publication.UNNUMBERED));
  }

  private static Publication publication(Row row) {
    return new Publication(
        row.getLocalDate(0),
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.isNullAt(4) ? Optional.empty() : Optional.of(row.getInstant(4)),
        row.getBoolean(5),
        row.getLong(6));
  }

  /** The days that have something in force. */
  SortedSet<LocalDate> daysInForce() {
    return all.stream()
        .filter(Publication::isInForce)
        .map(Publication::day)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What is in force on a day. */
  Optional<Publication> inForce(LocalDate day) {
    return newest(day, Publication::isInForce);
  }

  /** What the publication in force of a day replaced. */
  Optional<Publication> below(LocalDate day) {
    return newest(day, Publication::isBelow);
  }

  /** The newest publication of these predictions that was taken back. */
  Optional<Publication> withdrawn(LocalDate day, String fingerprint) {
    return newest(
        day,
        publication -> publication.isWithdrawn() && publication.fingerprint().equals(fingerprint));
  }

  private Optional<Publication> newest(LocalDate day, Predicate<Publication> wanted) {
    return all.stream()
        .filter(publication -> publication.day().equals(day))
        .filter(wanted)
        .reduce((older, newer) -> newer);
  }

  /**
   * All rows of the days that have something in force: without what is in force, and with what it
   * replaced in force again.
   *
   * @param now written into the rows that are taken back
   */
  Dataset<Row> takenBack(Instant now) {
    SortedSet<LocalDate> days = daysInForce();
    Dataset<Row> old = rows(lake, table, dayColumn, days);
    Column isInForce = col(PredictionColumns.SUPERSEDED_AT).isNull();
    Column isBack = col("back_day").isNotNull();
    return old.join(broadcast(back(days)), isOfBack(), "left_outer")
        .withColumn(
            PredictionColumns.WITHDRAWN_AT,
            when(isInForce, lit(now)).otherwise(col(PredictionColumns.WITHDRAWN_AT)))
        .withColumn(
            PredictionColumns.SUPERSEDED_AT,
            when(isBack, lit(null).cast("timestamp"))
                .otherwise(coalesce(col(PredictionColumns.SUPERSEDED_AT), lit(now))))
        .drop(BACK.fieldNames());
  }

  private Dataset<Row> back(SortedSet<LocalDate> days) {
    List<Row> rows =
        days.stream()
            .flatMap(day -> below(day).stream())
            .flatMap(publication -> row(publication).stream())
            .toList();
    return lake.spark().createDataFrame(rows, BACK);
  }

  private static Optional<Row> row(Publication below) {
    return below
        .supersededAt()
        .map(at -> RowFactory.create(below.day(), below.number(), below.fingerprint(), at));
  }

  private Column isOfBack() {
    return Stream.of(
            col(dayColumn).equalTo(col("back_day")),
            number().equalTo(col("back_number")),
            col(PredictionColumns.FINGERPRINT).equalTo(col("back_fingerprint")),
            col(PredictionColumns.SUPERSEDED_AT).equalTo(col("back_superseded_at")),
            col(PredictionColumns.WITHDRAWN_AT).isNull())
        .reduce(Column::and)
        .orElseThrow();
  }
}
