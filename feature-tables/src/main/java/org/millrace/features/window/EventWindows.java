package org.millrace.features.window;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.AggregateText;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.asof.AsOfView;
import org.millrace.features.sql.DefinitionGuard;

/**
 * Events and the windows in which they are aggregated, as of each row of a spine. Driver only.
 *
 * <p>The rule: in the window of a length, for a spine row, are the events with the same keys whose
 * {@code event_timestamp} is after {@code as_of - length} and whose {@code max(event_timestamp,
 * known_at)} is at or before {@code as_of}: the window is {@code (as_of - length, as_of]}. Where
 * the boundary is exclusive it is {@code [as_of - length, as_of)}, and an event counts that became
 * known before {@code as_of}. Exact to the microsecond; a length is a number of microseconds, so
 * that a day is 24 hours where clocks change too.
 *
 * <p>Equal events all count. A null key matches nothing, on either side: such a spine row, and one
 * without {@code as_of}, has empty windows. An event without one of its times never counts.
 *
 * <p>Output columns are {@code <view>__<column>_<function>_<window>}, as {@code
 * flights__dep_delay_avg_3h}, or {@code <view>__<name>_<window>}.
 *
 * @param name a word that names the view and prefixes its columns
 * @param events only the columns that are named here, or in a filter, are read
 * @param keys event column to spine column, at least one; both of one and the same atomic type
 * @param eventTimestamp TIMESTAMP column: when the event happened
 * @param knownAt TIMESTAMP column: when it could have been known
 * @param boundary whether an event known exactly at {@code as_of} counts
 * @param filter Spark SQL condition that all events have to meet; empty for none
 * @param windows at least one
 * @param partials kept from earlier runs, which stand for the events of whole days; empty for none
 */
public record EventWindows(
    String name,
    Dataset<Row> events,
    Map<String, String> keys,
    String eventTimestamp,
    String knownAt,
    Boundary boundary,
    Optional<String> filter,
    List<Window> windows,
    Optional<DailyPartials> partials) {

  /**
   * One window and what is computed in it.
   *
   * @param length a whole number of microseconds
   * @param aggregates at least one
   */
  public record Window(Duration length, List<Aggregate> aggregates) {
    /** Checks the length. Throws DEFINITION. */
    public Window {
      aggregates = List.copyOf(aggregates);
      boolean isWhole = length.toNanosPart() % 1000 == 0;
      if (length.isNegative()
          || length.isZero()
          || !isWhole
          || length.compareTo(AggregateText.LONGEST) > 0) {
        throw Aggregate.definition(
            "a window of "
                + length
                + ": give a positive number of whole microseconds, at most 10,000 years");
      }
      if (aggregates.isEmpty()) {
        throw Aggregate.definition("a window of " + length + ": it has no aggregate; name one");
      }
    }

    long micros() {
      return Math.addExact(
          Math.multiplyExact(length.getSeconds(), 1_000_000L), length.getNano() / 1000);
    }

    /** As part of a column name: {@code 7d}, {@code 36h}, {@code 90m}, {@code 15s}. */
    String label() {
      long micros = micros();
      Map<Character, Long> units = new LinkedHashMap<>();
      units.put('d', 86_400_000_000L);
      units.put('h', 3_600_000_000L);
      units.put('m', 60_000_000L);
      units.put('s', 1_000_000L);
      for (Map.Entry<Character, Long> unit : units.entrySet()) {
        if (micros % unit.getValue() == 0) {
          return micros / unit.getValue() + unit.getKey().toString();
        }
      }

      return micros + "us";
    }
  }

  /** Checks what can be checked without the spine. Throws DEFINITION. */
  public EventWindows {
    requireNonNull(events, "events is null");
    requireNonNull(eventTimestamp, "eventTimestamp is null");
    requireNonNull(knownAt, "knownAt is null");
    requireNonNull(boundary, "boundary is null");
    requireNonNull(filter, "filter is null");
    requireNonNull(partials, "partials is null");
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys)); // Map.copyOf loses the order
    windows = List.copyOf(windows);
    if (name.isBlank()) {
      throw Aggregate.definition("a view: its name is blank; give a word");
    }
    if (keys.isEmpty()) {
      throw Aggregate.definition(name + ": it has no key; name at least one");
    }
    if (windows.isEmpty()) {
      throw Aggregate.definition(name + ": it has no window; name at least one");
    }
  }

  /**
   * Starts a view with the usual names of the two time columns, an inclusive boundary and no
   * filter.
   */
  public static Builder of(String name, Dataset<Row> events) {
    return new Builder(name, events);
  }

  /**
   * The view of a definition with aggregates: its keys by the same name in the spine, each
   * aggregate under its own name. Throws DEFINITION where there is none.
   */
  public static EventWindows of(FeatureViewDefinition definition, Dataset<Row> events) {
    Builder builder =
        of(definition.name(), events)
            .keys(definition.keys().keySet().toArray(String[]::new))
            .boundary(definition.boundary());
    definition
        .aggregates()
        .forEach(
            (column, aggregate) -> {
              String what = "aggregate " + column + " of view " + definition.name();
              aggregate
                  .of()
                  .condition()
                  .ifPresent(
                      sql -> DefinitionGuard.requireCondition(events.sparkSession(), what, sql));
              builder.window(
                  aggregate.of().windows().get(0),
                  WindowText.aggregate(aggregate.of()).named(column));
            });
    return builder.build();
  }

  /**
   * The same view, whose days that every spine row sees whole are taken from their partial
   * aggregates. The result is the same, bit for bit; an as-of time outside of the range that the
   * partials are for is refused when it is read.
   */
  public EventWindows with(DailyPartials kept) {
    return new EventWindows(
        name, events, keys, eventTimestamp, knownAt, boundary, filter, windows, Optional.of(kept));
  }

  /** The output column of an aggregate. */
  String column(Window window, Aggregate aggregate) {
    return name + "__" + aggregate.name(window.label());
  }

  /** The output columns, in order. */
  public List<String> columns() {
    List<String> columns = new ArrayList<>();
    for (Window window : windows) {
      window.aggregates().forEach(aggregate -> columns.add(column(window, aggregate)));
    }

    return List.copyOf(columns);
  }

  /** Collects the parts of a view; not thread-safe. */
  public static final class Builder {
    private final String name;
    private final Dataset<Row> events;
    private final Map<String, String> keys = new LinkedHashMap<>();
    private final List<Window> windows = new ArrayList<>();
    private String eventTimestamp = AsOfView.EVENT_TIMESTAMP;
    private String knownAt = AsOfView.KNOWN_AT;
    private Boundary boundary = Boundary.INCLUSIVE;
    private Optional<String> filter = Optional.empty();

    private Builder(String name, Dataset<Row> events) {
      this.name = requireNonNull(name, "name is null");
      this.events = requireNonNull(events, "events is null");
    }

    /** Keys that have the same name in the events and in the spine. */
    public Builder keys(String... columns) {
      for (String column : columns) {
        key(column, column);
      }

      return this;
    }

    /** A key that has another name in the spine. */
    public Builder key(String eventColumn, String spineColumn) {
      keys.put(eventColumn, spineColumn);
      return this;
    }

    /** The two time columns, both TIMESTAMP. */
    public Builder times(String eventTimestampColumn, String knownAtColumn) {
      eventTimestamp = eventTimestampColumn;
      knownAt = knownAtColumn;
      return this;
    }

    /** The one time column, TIMESTAMP, of events that are known when they happen. */
    public Builder time(String column) {
      return times(column, column);
    }

    /** Whether an event known exactly at the as-of time counts. */
    public Builder boundary(Boundary value) {
      boundary = value;
      return this;
    }

    /** Only events for which a Spark SQL condition over their columns is true count. */
    public Builder where(String condition) {
      filter = Optional.of(condition);
      return this;
    }

    /** Adds a window and its aggregates. */
    public Builder window(Duration length, Aggregate... aggregates) {
      windows.add(new Window(length, List.of(aggregates)));
      return this;
    }

    /**
     * Adds an aggregate as people write it, once for each of its windows: {@code avg(dep_delay)
     * over 3h, 7 days as late where carrier = 'AA'}. Functions are count, sum, avg, stddev, min,
     * max, count_distinct, {@code last(column, 5)} and {@code quantile(column, 0.9)}; {@code as}
     * and {@code where} may be left out. Throws DEFINITION where it is not understood.
     */
    public Builder aggregate(String text) {
      windows.addAll(WindowText.parse(text));
      return this;
    }

    /** The view; throws DEFINITION where a part is missing or wrong. */
    public EventWindows build() {
      return new EventWindows(
          name, events, keys, eventTimestamp, knownAt, boundary, filter, windows, Optional.empty());
    }
  }
}
