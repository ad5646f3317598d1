package org.millrace.features.window;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
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
  private final PartialRows rows;

  private PartialEvents(EventWindows view, DailyPartials partials) {
    this.view = view;
    this.partials = partials;
    days = new WholeDays(partials.zone(), partials.from(), partials.to());
    end = days.end();
    sources = PartialSource.of(view);
    rows = new PartialRows(view, partials.rows());
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
    boolean isServed =
        start.isBefore(end)
            && PartialSource.isKept(window, aggregate)
            && source(aggregate).isPresent();
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

  /** First day whose events an output does not take themselves, as a number. */
  int fromDay(EventWindows.Window window, Aggregate aggregate) {
    LocalDate start = start(window, aggregate);
    return start.isBefore(end) ? Math.toIntExact(start.toEpochDay()) : Integer.MAX_VALUE;
  }

  /** What stands for the events of an output; its columns are added to those that are read. */
  Output.Stored stored(EventWindows.Window window, Aggregate aggregate, EventColumns columns) {
    if (!start(window, aggregate).isBefore(end)) {
      return Output.Stored.NONE;
    }

    return rows.stored(
        source(aggregate).orElseThrow(), Part.of(aggregate.function()).orElseThrow(), columns);
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
    Column usableDay = PartialQuery.dayNumber(functions.greatest(event, known), days.zone());
    Column day = PartialQuery.dayNumber(event, days.zone());
    return List.of(
        lit(null).cast(DataTypes.IntegerType),
        when(usableDay.lt(lit((int) end.toEpochDay())), day));
  }

  /** The parts as events, each in the columns of {@link EventColumns#rows}. */
  List<Dataset<Row>> parts(List<DataType> types) {
    return rows.asEvents(types, first(), end);
  }
}
