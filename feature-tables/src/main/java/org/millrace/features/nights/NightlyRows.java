package org.millrace.features.nights;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The rows of some nights, and what becomes of those that no night keeps. A row belongs to the
 * night on which the newest of its source rows arrived: there it is kept, or counted as later, or
 * refused. Driver only; close it where it was held.
 */
public final class NightlyRows implements AutoCloseable {
  /** The day of a row; of rows without one, the night that found them. */
  public static final String DAY = "__millrace_day";

  private static final Column NIGHT = col(Carried.NIGHT);
  private static final Column OLDEST = col(Carried.OLDEST);
  private static final Column NEWEST = col(Carried.NEWEST);

  private final Dataset<Row> rows;
  private final Dataset<Row> arrivals;
  private final Following following;
  private final DayRange nights;
  private final int lookBackDays;

  /** How much is known of a row's source days. */
  enum Following {
    /** Its oldest and its newest one. */
    DAYS,

    /** The night that computed it, which is not before the newest. */
    NIGHTS,

    /** The night makes rows of its own. */
    NOTHING
  }

  /**
   * Rows with the carried columns.
   *
   * @param rows as the SQL is
   * @param arrivals as the SQL is without conditions on the asked days; may be the same
   */
  NightlyRows(
      Dataset<Row> rows,
      Dataset<Row> arrivals,
      Following following,
      DayRange nights,
      int lookBackDays) {
    this.rows = rows;
    this.arrivals = arrivals;
    this.following = following;
    this.nights = nights;
    this.lookBackDays = lookBackDays;
  }

  /**
   * What was found of the rows that belong to the nights.
   *
   * @param later rows of a day after the last night, which a later run keeps
   * @param withoutDay rows whose day is null
   * @param early rows of a day before one of their source rows arrived
   * @param beyond rows of a day that the look-back does not reach
   * @param neededDays look-back that would reach all rows; the look-back where it does
   * @param example oldest or newest source day and day of a row that is early or beyond
   */
  public record Reach(
      long later,
      long withoutDay,
      long early,
      long beyond,
      int neededDays,
      @Nullable String example) {
    /** As {@link #require}, and throws where a row has no day. */
    public void requireAll(String what, String definition) {
      if (withoutDay > 0) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot compute "
                + what
                + ": "
                + withoutDay
                + " rows have no day, 0 are allowed; correct the source, or leave such rows out in "
                + definition);
      }

      require(what, definition);
    }

    /**
     * Throws DATA_CONTRACT where rows would be kept by no night.
     *
     * @param what names the rows and their days
     * @param definition what is to be mended, such as {@code view origin_weather}
     */
    public void require(String what, String definition) {
      if (early > 0) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot compute "
                + what
                + ": "
                + early
                + " rows are of a day before a source row of theirs arrived, such as one of "
                + example
                + "; no look-back reaches them: correct known_at or the day in "
                + definition
                + ", or the day column of its source");
      }
      if (beyond > 0) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot compute "
                + what
                + ": "
                + beyond
                + " rows are of a day that the look-back does not reach, such as one of "
                + example
                + "; set 'look-back-days: "
                + neededDays
                + "' in "
                + definition);
      }
    }
  }

  /** The same rows, held until they are closed: counting and writing them computes them once. */
  public NightlyRows held() {
    Column isOfTheNight = NIGHT.equalTo(col(DAY)).or(NIGHT.equalTo(NEWEST)).or(col(DAY).isNull());
    Dataset<Row> needed = rows.where(isOfTheNight).persist(StorageLevel.MEMORY_AND_DISK());
    return new NightlyRows(
        needed, arrivals == rows ? needed : arrivals, following, nights, lookBackDays);
  }

  /**
   * The rows that the nights keep: those of their own day, and those without a day, as of the night
   * on which they arrived; the SQL's columns and {@link #DAY}.
   */
  public Dataset<Row> kept() {
    Column isNew = NEWEST.isNull().or(NEWEST.equalTo(NIGHT));
    return rows.where(NIGHT.equalTo(col(DAY)).or(col(DAY).isNull().and(isNew)))
        .where(NIGHT.between(lit(nights.from()), lit(nights.to())))
        .withColumn(DAY, NIGHT)
        .drop(Carried.NIGHT, Carried.OLDEST, Carried.NEWEST);
  }

  /** What becomes of the rows that no night keeps; one Spark job. */
  public Reach reach() {
    Column day = col(DAY);
    boolean knowsDays = following == Following.DAYS;
    Column belongs =
        switch (following) {
          case DAYS -> NEWEST.equalTo(NIGHT).or(NEWEST.isNull().and(NIGHT.geq(lit(nights.to()))));
          case NIGHTS -> lit(true);
          case NOTHING -> lit(false);
        };
    Column early = knowsDays ? day.lt(NEWEST) : lit(false);
    Column needed = datediff(day, OLDEST);
    Column beyond = needed.gt(lookBackDays).and(day.geq(NEWEST));
    Column isRefused = early.or(beyond).eqNullSafe(lit(true));
    // where a row is not known to belong to one night, the last one tells what is to come
    Column counts = knowsDays ? lit(true) : NIGHT.equalTo(lit(nights.to()));
    Column later = day.gt(lit(nights.to())).and(not(isRefused)).and(counts);
    Row found =
        arrivals
            .where(belongs)
            .agg(
                count_if(later),
                count_if(day.isNull()),
                count_if(early),
                count_if(beyond),
                max(when(beyond, struct(needed.as("needed"), OLDEST.as("source"), day.as("day")))),
                min(when(early, struct(NEWEST.as("source"), day.as("day")))))
            .head();
    return reach(found);
  }

  private Reach reach(Row found) {
    @Nullable Row beyond = found.getAs(4);
    @Nullable Row early = found.getAs(5);
    @Nullable String example =
        early != null
            ? early.getLocalDate(1) + " whose source row arrived on " + early.getLocalDate(0)
            : beyond != null
                ? beyond.getLocalDate(2) + " whose source row arrived on " + beyond.getLocalDate(1)
                : null;
    return new Reach(
        found.getLong(0),
        found.getLong(1),
        found.getLong(2),
        found.getLong(3),
        beyond == null ? lookBackDays : beyond.getInt(0),
        example);
  }

  /** Lets held rows go. */
  @Override
  public void close() {
    rows.unpersist();
  }
}
