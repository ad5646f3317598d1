package org.millrace.features.window;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
 * The query that makes {@link DailyPartials}, by Spark's aggregates and {@link StoreSums}. Driver
 * only.
 */
final class PartialQuery {
  private static final long DAY_SECONDS = 86_400;
  // of the rows that are grouped; keys have names of their own
  private static final String EVENT = "window_event";
  private static final String KNOWN = "window_known";
  private static final String USABLE = "window_usable";
  private static final String VALUE = "window_value_";

  private final EventWindows view;
  private final ZoneId zone;
  private final Dataset<Row> events;
  private final List<PartialSource> sources;

  PartialQuery(EventWindows view, ZoneId zone) {
    this.view = view;
    this.zone = zone;
    events = view.filter().map(sql -> view.events().where(sql)).orElseGet(view::events);
    sources = PartialSource.of(view);
    requireDifferentNames();
  }

  private void requireDifferentNames() {
    List<String> names = new ArrayList<>(view.keys().keySet());
    names.addAll(
        List.of(
            DailyPartials.EVENT_DATE,
            DailyPartials.KNOWN_DATE,
            DailyPartials.FIRST_EVENT,
            DailyPartials.LAST_KNOWN));
    sources.forEach(source -> source.parts().forEach(part -> names.add(source.name(part))));
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw Aggregate.definition(
            view.name()
                + " by days: column '"
                + name
                + "' would appear twice among daily partial aggregates; rename the key or column");
      }
    }
  }

  Dataset<Row> rows() {
    List<Column> group = new ArrayList<>();
    view.keys().keySet().forEach(key -> group.add(ColumnNames.column(key)));
    group.add(col(DailyPartials.EVENT_DATE));
    group.add(col(DailyPartials.KNOWN_DATE));
    List<Column> kept = new ArrayList<>();
    kept.add(functions.min(EVENT).as(DailyPartials.FIRST_EVENT));
    kept.add(functions.max(USABLE).as(DailyPartials.LAST_KNOWN));
    for (PartialSource source : sources) {
      DataType type = type(view, source);
      source.parts().forEach(part -> kept.add(kept(source, part, type).as(source.name(part))));
    }

    return read()
        .groupBy(group.toArray(Column[]::new))
        .agg(kept.get(0), kept.subList(1, kept.size()).toArray(Column[]::new));
  }

  /** Events that have both times and all keys. */
  private Dataset<Row> read() {
    Column event = ColumnNames.column(events, view.eventTimestamp());
    Column known = ColumnNames.column(events, view.knownAt());
    Column usable = functions.greatest(event, known);
    Column complete = event.isNotNull().and(known.isNotNull());
    List<Column> read = new ArrayList<>();
    for (String key : view.keys().keySet()) {
      Column column = ColumnNames.column(events, key);
      complete = complete.and(column.isNotNull());
      read.add(column.as(key));
    }

    read.add(date(event).as(DailyPartials.EVENT_DATE));
    read.add(date(usable).as(DailyPartials.KNOWN_DATE));
    read.add(event.as(EVENT));
    read.add(known.as(KNOWN));
    read.add(usable.as(USABLE));
    sources.forEach(source -> read.add(value(source).as(VALUE + source.number())));
    return events.where(complete).select(read.toArray(Column[]::new));
  }

  private Column date(Column instant) {
    return functions.date_from_unix_date(dayNumber(instant, zone));
  }

  /** The local day of an instant, as a number since 1970-01-01, whatever the session's zone is. */
  static Column dayNumber(Column instant, ZoneId zone) {
    Column local = functions.from_utc_timestamp(instant, zone.getId());
    return functions.floor(functions.unix_seconds(local).divide(lit(DAY_SECONDS))).cast("int");
  }

  /** The type of a source's values. */
  static DataType type(EventWindows view, PartialSource source) {
    return source
        .column()
        .map(column -> view.events().schema().apply(column).dataType())
        .orElse(DataTypes.LongType);
  }

  /** Null where the event does not count. */
  private Column value(PartialSource source) {
    Column value =
        source.column().map(column -> ColumnNames.column(events, column)).orElse(lit(1L));
    return source.filter().map(sql -> when(functions.expr(sql), value)).orElse(value);
  }

  private static Column kept(PartialSource source, Part part, DataType type) {
    Column value = col(VALUE + source.number());
    return switch (part) {
      case SUMS -> sums(value, type);
      case MIN -> functions.min(ordered(value, type)).getField("value");
      case MAX -> functions.max(ordered(value, type)).getField("value");
      case LAST -> last(source.most(), value, type);
    };
  }

  private static Column sums(Column value, DataType type) {
    if (isFloating(type)) {
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

  private static boolean isFloating(DataType type) {
    return type.equals(DataTypes.FloatType) || type.equals(DataTypes.DoubleType);
  }

  /** In the order of values, where -0.0 is before 0.0, which Spark's does not tell apart. */
  private static Column ordered(Column value, DataType type) {
    return when(value.isNotNull(), struct(value.as("value"), isNotNegativeZero(value, type)));
  }

  private static Column isNotNegativeZero(Column value, DataType type) {
    return isFloating(type)
        ? functions.not(value.equalTo(lit(0)).and(value.cast("string").startsWith("-")))
        : lit(true);
  }

  private static Column last(long most, Column value, DataType type) {
    Column event =
        struct(
            col(EVENT).as("event"),
            col(KNOWN).as("known"),
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
}
