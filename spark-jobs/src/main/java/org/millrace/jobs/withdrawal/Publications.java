package org.millrace.jobs.withdrawal;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.when;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
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
public final class Publications {
  private static final String IS_BACK = "touched_is_back";
  private static final StructType TOUCHED =
      new StructType()
          .add("touched_day", DataTypes.DateType)
          .add("touched_number", DataTypes.LongType)
          .add("touched_fingerprint", DataTypes.StringType)
          .add("touched_superseded_at", DataTypes.TimestampType)
          .add(IS_BACK, DataTypes.BooleanType);

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
  public static Publications read(
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
                col(PredictionColumns.SUPERSEDED_AT),
                col(PredictionColumns.WITHDRAWN_AT).isNotNull())
            .agg(count(lit(1)), version(), sort_array(collect_set(PredictionColumns.MODEL_VERSION)))
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

  /** The champion's, or if it made none of the rows that of another one. */
  private static Column version() {
    Column version = col(PredictionColumns.MODEL_VERSION);
    Column isChallengers =
        coalesce(col(PredictionColumns.VARIANT).equalTo(PredictionColumns.CHALLENGER), lit(false));
    return coalesce(max(when(isChallengers, lit(null)).otherwise(version)), max(version));
  }

  private static Publication publication(Row row) {
    return new Publication(
        row.getLocalDate(0),
        row.getLong(1),
        row.getString(2),
        row.getString(6),
        row.<String>getList(7),
        row.isNullAt(3) ? Optional.empty() : Optional.of(row.getInstant(3)),
        row.getBoolean(4),
        row.getLong(5));
  }

  /** The days that have something in force. */
  public SortedSet<LocalDate> daysInForce() {
    return all.stream()
        .filter(Publication::isInForce)
        .map(Publication::day)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What is in force on a day. */
  public Optional<Publication> inForce(LocalDate day) {
    return newest(day, Publication::isInForce);
  }

  /** What the publication in force of a day replaced. */
  public Optional<Publication> below(LocalDate day) {
    return newest(day, Publication::isBelow);
  }

  /** The newest publication below the one in force that a version made nothing of. */
  public Optional<Publication> belowOfOther(LocalDate day, String modelVersion) {
    return newest(day, publication -> publication.isBelow() && !publication.isOf(modelVersion));
  }

  /** The newest publication of these predictions that was taken back. */
  public Optional<Publication> withdrawn(LocalDate day, String fingerprint) {
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
   * All rows of some days: what is in force is taken back, with all that lies between it and what
   * is in force again.
   *
   * @param now written into the rows that are taken back
   * @param back by day, what is in force again; empty for none
   */
  Dataset<Row> takenBack(Instant now, NavigableMap<LocalDate, Optional<Publication>> back) {
    List<Row> touched = new ArrayList<>();
    back.forEach(
        (day, again) -> {
          again.flatMap(found -> row(found, true)).ifPresent(touched::add);
          between(day, again).forEach(gone -> row(gone, false).ifPresent(touched::add));
        });
    Column isGone = or(col(PredictionColumns.SUPERSEDED_AT).isNull(), col(IS_BACK).equalTo(false));
    Column isBack = or(lit(false), col(IS_BACK));
    return joined(back.navigableKeySet(), touched, col(PredictionColumns.WITHDRAWN_AT).isNull())
        .withColumn(
            PredictionColumns.WITHDRAWN_AT,
            when(isGone, lit(now)).otherwise(col(PredictionColumns.WITHDRAWN_AT)))
        .withColumn(PredictionColumns.SUPERSEDED_AT, superseded(isBack, now))
        .drop(TOUCHED.fieldNames());
  }

  /**
   * All rows of some days: publications that were taken back are in force again, and supersede what
   * is in force.
   *
   * @param now written into the rows that are superseded
   * @param again by day, what is in force again
   */
  Dataset<Row> restored(Instant now, NavigableMap<LocalDate, Publication> again) {
    List<Row> touched =
        again.values().stream().flatMap(found -> row(found, true).stream()).toList();
    Column isBack = or(lit(false), col(IS_BACK));
    return joined(again.navigableKeySet(), touched, col(PredictionColumns.WITHDRAWN_AT).isNotNull())
        .withColumn(
            PredictionColumns.WITHDRAWN_AT,
            when(isBack, lit(null).cast("timestamp"))
                .otherwise(col(PredictionColumns.WITHDRAWN_AT)))
        .withColumn(PredictionColumns.SUPERSEDED_AT, superseded(isBack, now))
        .drop(TOUCHED.fieldNames());
  }

  private static Column superseded(Column isBack, Instant now) {
    return when(isBack, lit(null).cast("timestamp"))
        .otherwise(coalesce(col(PredictionColumns.SUPERSEDED_AT), lit(now)));
  }

  /** False where the flag of a row that is not touched is missing. */
  private static Column or(Column known, Column flag) {
    return known.or(coalesce(flag, lit(false)));
  }

  /** What is superseded, and newer than what is in force again. */
  private List<Publication> between(LocalDate day, Optional<Publication> again) {
    return all.stream()
        .filter(publication -> publication.day().equals(day) && publication.isBelow())
        .dropWhile(publication -> again.isPresent() && !publication.equals(again.get()))
        .skip(again.isPresent() ? 1 : 0)
        .toList();
  }

  private Dataset<Row> joined(SortedSet<LocalDate> days, List<Row> touched, Column which) {
    Column isTouched =
        Stream.of(
                col(dayColumn).equalTo(col("touched_day")),
                number().equalTo(col("touched_number")),
                col(PredictionColumns.FINGERPRINT).equalTo(col("touched_fingerprint")),
                col(PredictionColumns.SUPERSEDED_AT).equalTo(col("touched_superseded_at")),
                which)
            .reduce(Column::and)
            .orElseThrow();
    return rows(lake, table, dayColumn, days)
        .join(broadcast(lake.spark().createDataFrame(touched, TOUCHED)), isTouched, "left_outer");
  }

  private static Optional<Row> row(Publication touched, boolean isBack) {
    return touched
        .supersededAt()
        .map(
            at ->
                RowFactory.create(
                    touched.day(), touched.number(), touched.fingerprint(), at, isBack));
  }
}
