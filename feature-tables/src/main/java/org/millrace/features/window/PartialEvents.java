package org.millrace.features.window;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.features.spark.ColumnNames;
import org.millrace.features.window.PartialSource.Part;

/**
 * Which events of a view are taken from its partial aggregates, window by window; the others, as
 * they are read; and the partial aggregates as events that only one kind of function sees. A day is
 * taken from its parts where every row of the spine sees it whole. Driver only.
 */
final class PartialEvents {
  private final EventWindows view;
  private final DailyPartials partials;
  private final WholeDays days;
  private final LocalDate end;
  private final List<PartialSource> sources;

  private PartialEvents(EventWindows view, DailyPartials partials) {
    this.view = view;
    this.partials = partials;
    days = new WholeDays(partials.zone(), partials.from(), partials.to());
    end = days.end();
    sources = PartialSource.of(view);
  }

  /** Empty where a view has no partial aggregates, or no whole day is in any window. */
  static Optional<PartialEvents> of(EventWindows view) {
    return view.partials()
        .map(partials -> new PartialEvents(view, partials))
        .filter(
            events ->
                view.windows().stream()
                    .flatMap(w -> w.aggregates().stream().map(a -> events.start(w, a)))
                    .anyMatch(start -> start.isBefore(events.end)));
  }

  /** The first day that a window takes from the parts; {@link #end} where it takes none. */
  private LocalDate start(EventWindows.Window window, Aggregate aggregate) {
    LocalDate start = days.start(window.length());
    boolean isServed = start.isBefore(end) && source(aggregate).isPresent();
    return isServed ? start : end;
  }

  private Optional<PartialSource> source(Aggregate aggregate) {
    return Part.of(aggregate.function())
        .flatMap(
            part ->
                sources.stream()
                    .filter(source -> source.isOf(aggregate) && source.parts().contains(part))
                    .findFirst());
  }

  /** What stands for the events of an output. */
  Output.Stored stored(EventWindows.Window window, Aggregate aggregate) {
    LocalDate start = start(window, aggregate);
    if (!start.isBefore(end)) {
      return Output.Stored.NONE;
    }

    Part part = Part.of(aggregate.function()).orElseThrow();
    return new Output.Stored(
        source(aggregate).orElseThrow().part(part), Math.toIntExact(start.toEpochDay()));
  }

  AsOfRange range() {
    return AsOfRange.of(partials.from(), partials.to());
  }

  /** For EXPLAIN. */
  String description() {
    return "daily partials " + first() + " to " + end.minusDays(1);
  }

  private LocalDate first() {
    return view.windows().stream()
        .flatMap(window -> window.aggregates().stream().map(one -> start(window, one)))
        .min(LocalDate::compareTo)
        .orElse(end);
  }

  /** Events that some window takes as they are: of its first day, and what was known last. */
  Column taken(Column event, Column known) {
    Column late = lit(days.starts(end));
    Column taken = event.geq(late).or(known.geq(late));
    List<String> seen = new ArrayList<>();
    for (EventWindows.Window window : view.windows()) {
      for (Aggregate aggregate : window.aggregates()) {
        Instant from = earliest(window.length());
        Instant to = days.ends(start(window, aggregate).minusDays(1));
        if (from.isBefore(to) && !seen.contains(from + " " + to)) {
          seen.add(from + " " + to);
          taken = taken.or(event.geq(lit(from)).and(event.lt(lit(to))));
        }
      }
    }

    return taken;
  }

  private Instant earliest(Duration window) {
    return partials.from().minus(window);
  }

  /** The values of {@link Series#PART_VALUES} of an event itself. */
  List<Column> values(Column event, Column known) {
    Column usableDay = DailyPartials.dayNumber(functions.greatest(event, known), days.zone());
    Column day = DailyPartials.dayNumber(event, days.zone());
    return List.of(
        lit(null).cast(DataTypes.IntegerType),
        when(usableDay.lt(lit((int) end.toEpochDay())), day),
        lit(null).cast(DataTypes.BinaryType));
  }

  /**
   * The parts as events: keys, times, the values of {@link Series#PART_VALUES}, then those of the
   * view.
   *
   * @param numbers of the values of the view, by column
   * @param types of all values
   */
  Dataset<Row> parts(Map<String, Integer> numbers, List<DataType> types) {
    Dataset<Row> kept =
        partials
            .rows()
            .where(
                col(DailyPartials.KNOWN_DATE)
                    .lt(lit(end))
                    .and(col(DailyPartials.EVENT_DATE).geq(lit(first()))));
    Column day = functions.unix_date(col(DailyPartials.EVENT_DATE));
    List<Column> single = new ArrayList<>();
    List<Column> lists = new ArrayList<>();
    for (PartialSource source : sources) {
      for (Part part : source.parts()) {
        Column column = column(source, part);
        int number = source.column().map(numbers::get).orElse(Series.SUMS);
        if (part == Part.LAST) {
          lists.add(
              functions.transform(
                  column,
                  one ->
                      event(
                          one.getField("event"),
                          one.getField("known"),
                          values(source.part(part), day, number, one.getField("value"), types))));
        } else {
          int place = part == Part.SUMS ? Series.SUMS : number;
          Column event =
              event(
                  col(DailyPartials.FIRST_EVENT),
                  col(DailyPartials.LAST_KNOWN),
                  values(source.part(part), day, place, column, types));
          single.add(when(column.isNotNull(), event));
        }
      }
    }

    lists.add(0, array(single.toArray(Column[]::new)));
    Column all = functions.flatten(array(lists.toArray(Column[]::new)));
    List<Column> columns = new ArrayList<>();
    view.keys().keySet().forEach(key -> columns.add(ColumnNames.column(key)));
    columns.add(functions.inline(functions.filter(all, Column::isNotNull)));
    return kept.select(columns.toArray(Column[]::new));
  }

  private Column column(PartialSource source, Part part) {
    String name = source.name(part);
    if (!List.of(partials.rows().columns()).contains(name)) {
      throw Aggregate.definition(
          view.name()
              + " from daily partial aggregates: they have no column '"
              + name
              + "', only "
              + String.join(", ", partials.rows().columns())
              + "; compute them anew from the view as it is now");
    }

    return ColumnNames.column(name);
  }

  private Column event(Column event, Column known, List<Column> values) {
    List<Column> columns = new ArrayList<>();
    columns.add(event.as("event"));
    if (!view.knownAt().equals(view.eventTimestamp())) {
      columns.add(known.as("known"));
    }

    columns.addAll(values);
    return struct(columns.toArray(Column[]::new));
  }

  private static List<Column> values(
      int part, Column day, int number, Column value, List<DataType> types) {
    List<Column> values = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      Column of = i == Series.PART ? lit(part) : i == Series.DAY ? day : lit(null);
      values.add((i == number ? value : of).cast(types.get(i)).as("value" + i));
    }

    return values;
  }
}
