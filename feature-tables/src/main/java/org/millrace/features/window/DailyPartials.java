package org.millrace.features.window;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.millrace.features.spark.ColumnNames;
import org.millrace.features.window.PartialSource.Part;

/**
 * Partial aggregates of whole days of events, kept from one run to the next, so that a window of
 * ninety days reads the events of its first and its last day alone. One row stands for the events
 * of a key that happened on one day and became known on one day; counts, sums, averages and
 * deviations (from exact sums), least, greatest and last values can be put together from such rows,
 * bit for bit; distinct values and quantiles cannot, and are computed from the events.
 *
 * <pre>{@code
 * Dataset<Row> kept = DailyPartials.compute(view, zone);   // of each new known day, stored
 * view.with(new DailyPartials(kept, zone, from, to))       // for spine rows of [from, to)
 * }</pre>
 *
 * <p>Columns: the keys; {@link #EVENT_DATE} and {@link #KNOWN_DATE}, days of the zone; {@link
 * #FIRST_EVENT} and {@link #LAST_KNOWN}, instants; then for each column and filter what the view's
 * aggregates need: {@code delay__sums} (BINARY), {@code delay__min}, {@code delay__max}, {@code
 * delay__last_5}. Rows of known days can be added as these come, and replaced; the same view made
 * them.
 *
 * <p>Driver only.
 *
 * @param rows what {@link #compute} gave, of every known day before {@code from} on which an event
 *     of the windows may have become known
 * @param zone of the days
 * @param from at or before the as-of time of every spine row
 * @param to behind the as-of time of every spine row
 */
public record DailyPartials(Dataset<Row> rows, ZoneId zone, Instant from, Instant to) {
  /** DATE column: the day on which the events happened. */
  public static final String EVENT_DATE = "event_date";

  /** DATE column: the day on which they could be used, for events known earlier the same. */
  public static final String KNOWN_DATE = "known_date";

  /** TIMESTAMP column: when the first of them happened. */
  public static final String FIRST_EVENT = "first_event_timestamp";

  /** TIMESTAMP column: when the last of them could be used. */
  public static final String LAST_KNOWN = "last_known_at";

  /** Checks that all is present. */
  public DailyPartials {
    requireNonNull(rows, "rows is null");
    requireNonNull(zone, "zone is null");
    requireNonNull(from, "from is null");
    requireNonNull(to, "to is null");
  }

  /** Whether there is anything to keep for a view: not where all windows are of a day at most. */
  public static boolean canServe(EventWindows view) {
    return !PartialSource.of(view).isEmpty();
  }

  /**
   * The partial aggregates of a view's events, in an order of their own.
   *
   * @param view its events: all of each known day, or of days that are added up elsewhere
   */
  public static Dataset<Row> compute(EventWindows view, ZoneId zone) {
    Dataset<Row> events =
        view.filter().map(sql -> view.events().where(sql)).orElseGet(view::events);
    Column event = ColumnNames.column(events, view.eventTimestamp());
    Column known = ColumnNames.column(events, view.knownAt());
    Column usable = functions.greatest(event, known);
    Column complete = event.isNotNull().and(known.isNotNull());
    List<Column> read = new ArrayList<>();
    List<Column> group = new ArrayList<>();
    for (String key : view.keys().keySet()) {
      Column column = ColumnNames.column(events, key);
      complete = complete.and(column.isNotNull());
      read.add(column.as(key));
      group.add(ColumnNames.column(key));
    }

    read.add(date(event, zone).as(EVENT_DATE));
    read.add(date(usable, zone).as(KNOWN_DATE));
    group.addAll(List.of(col(EVENT_DATE), col(KNOWN_DATE)));
    read.add(event.as("event"));
    read.add(known.as("known"));
    read.add(usable.as("usable"));
    List<Column> kept = new ArrayList<>();
    kept.add(functions.min("event").as(FIRST_EVENT));
    kept.add(functions.max("usable").as(LAST_KNOWN));
    for (PartialSource source : PartialSource.of(view)) {
      read.add(value(events, source).as("value" + source.number()));
      DataType type = type(view, source);
      source.parts().forEach(part -> kept.add(kept(source, part, type).as(source.name(part))));
    }

    return events
        .where(complete)
        .select(read.toArray(Column[]::new))
        .groupBy(group.toArray(Column[]::new))
        .agg(kept.get(0), kept.subList(1, kept.size()).toArray(Column[]::new));
  }

  /** The local day of an instant, whatever the session's zone is. */
  static Column date(Column instant, ZoneId zone) {
    return functions.date_from_unix_date(dayNumber(instant, zone));
  }

  /** The local day of an instant, as a number since 1970-01-01. */
  static Column dayNumber(Column instant, ZoneId zone) {
    Column local = functions.from_utc_timestamp(instant, zone.getId());
    return functions.floor(functions.unix_seconds(local).divide(lit(86_400))).cast("int");
  }

  /** Null where the event does not count. */
  private static Column value(Dataset<Row> events, PartialSource source) {
    Column value =
        source.column().map(column -> ColumnNames.column(events, column)).orElse(lit(1L));
    return source.filter().map(sql -> when(functions.expr(sql), value)).orElse(value);
  }

  static DataType type(EventWindows view, PartialSource source) {
    return source
        .column()
        .map(column -> view.events().schema().apply(column).dataType())
        .orElse(DataTypes.LongType);
  }

  private static Column kept(PartialSource source, Part part, DataType type) {
    Column value = col("value" + source.number());
    return switch (part) {
      case SUMS -> sums(value, type);
      case MIN -> functions.min(ordered(value, type)).getField("value");
      case MAX -> functions.max(ordered(value, type)).getField("value");
      case LAST -> last(source.most(), value, type);
    };
  }

  private static Column sums(Column value, DataType type) {
    boolean isFloating = type.equals(DataTypes.FloatType) || type.equals(DataTypes.DoubleType);
    if (isFloating) {
      return functions
          .udaf(new StoreSums<Double>(), Encoders.DOUBLE())
          .apply(value.cast(DataTypes.DoubleType));
    }

    Column whole =
        type instanceof NumericType
            ? value.cast(DataTypes.LongType)
            : when(value.isNotNull(), lit(0L)); // which are only counted
    return functions.udaf(new StoreSums<Long>(), Encoders.LONG()).apply(whole);
  }

  /** In the order of values, where -0.0 is before 0.0, which Spark's does not tell apart. */
  private static Column ordered(Column value, DataType type) {
    return when(value.isNotNull(), struct(value.as("value"), isNotNegativeZero(value, type)));
  }

  private static Column isNotNegativeZero(Column value, DataType type) {
    boolean isFloating = type.equals(DataTypes.FloatType) || type.equals(DataTypes.DoubleType);
    return isFloating
        ? functions.not(value.equalTo(lit(0)).and(value.cast("string").startsWith("-")))
        : lit(true);
  }

  private static Column last(long most, Column value, DataType type) {
    Column event =
        struct(
            col("event"),
            col("known"),
            value.as("value"),
            isNotNegativeZero(value, type).as("zero"));
    Column all = functions.collect_list(when(value.isNotNull(), event));
    Column newest = functions.slice(functions.sort_array(all, false), 1, (int) most);
    return functions.transform(
        newest,
        one ->
            struct(
                one.getField("event").as("event"),
                one.getField("known").as("known"),
                one.getField("value").as("value")));
  }

  /** Comments of the columns, by name. */
  public static Map<String, String> comments(EventWindows view) {
    Map<String, String> comments = new LinkedHashMap<>();
    view.keys().keySet().forEach(key -> comments.put(key, "Key"));
    comments.put(EVENT_DATE, "Local day on which the events happened");
    comments.put(KNOWN_DATE, "Local day from which they can be used; partition");
    comments.put(FIRST_EVENT, "When the first of them happened, instant");
    comments.put(LAST_KNOWN, "When the last of them could be used, instant");
    for (PartialSource source : PartialSource.of(view)) {
      String of =
          source.column().orElse("events")
              + source.filter().map(filter -> " where " + filter).orElse("");
      for (Part part : source.parts()) {
        comments.put(
            source.name(part),
            switch (part) {
              case SUMS -> "Count, exact sum and exact sum of squares of " + of;
              case MIN -> "Least of " + of;
              case MAX -> "Greatest of " + of;
              case LAST -> "Last " + source.most() + " of " + of + ", the newest first";
            });
      }
    }

    return comments;
  }
}
