package org.millrace.features.window;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.Digest;
import org.millrace.contracts.definition.AggregateFunction;

/**
 * Values of which partial aggregates are kept, and which: those of one column, or none, under one
 * filter. Driver only.
 *
 * @param number among those of a view, from 0
 * @param column of the events; empty where only events are counted
 * @param filter Spark SQL condition of the events that count
 * @param prefix of the columns that keep them; other filters have other ones
 * @param parts what is kept
 * @param most how many last values
 */
record PartialSource(
    int number,
    Optional<String> column,
    Optional<String> filter,
    String prefix,
    Set<Part> parts,
    long most) {
  private static final int HASH_DIGITS = 8;

  /** What can be kept of the events of a day, so that it stands for them. */
  enum Part {
    SUMS(0),
    MIN(1),
    MAX(2),
    LAST(3);

    private final int place;

    Part(int place) {
      this.place = place;
    }

    /** What a function needs; empty where it needs the values themselves. */
    static Optional<Part> of(AggregateFunction function) {
      return switch (function) {
        case COUNT, SUM, AVG, STDDEV -> Optional.of(SUMS);
        case MIN -> Optional.of(MIN);
        case MAX -> Optional.of(MAX);
        case LAST -> Optional.of(LAST);
        case COUNT_DISTINCT, QUANTILE -> Optional.empty();
      };
    }
  }

  private record Source(Optional<String> column, Optional<String> filter) {
    Source(Aggregate aggregate) {
      this(aggregate.column(), aggregate.filter());
    }
  }

  /** Marker of the rows of a part, where it is no column of a row with others. */
  int marker(Part part) {
    return 1 + number * Part.values().length + part.place;
  }

  /** The column that keeps a part. */
  String name(Part part) {
    return switch (part) {
      case SUMS -> prefix + "_sums";
      case MIN -> prefix + "_min";
      case MAX -> prefix + "_max";
      case LAST -> prefix + "_last_" + most;
    };
  }

  /** All of a view: of aggregates that can be put together of days, in windows of over a day. */
  static List<PartialSource> of(EventWindows view) {
    Map<Source, List<Aggregate>> sources = new LinkedHashMap<>();
    for (EventWindows.Window window : view.windows()) {
      for (Aggregate aggregate : window.aggregates()) {
        if (isKept(window, aggregate)) {
          sources.computeIfAbsent(new Source(aggregate), key -> new ArrayList<>()).add(aggregate);
        }
      }
    }

    List<PartialSource> kept = new ArrayList<>();
    sources.forEach(
        (source, aggregates) -> kept.add(of(kept.size(), source, aggregates, view.filter())));
    return List.copyOf(kept);
  }

  private static PartialSource of(
      int number, Source source, List<Aggregate> aggregates, Optional<String> ofAll) {
    Set<Part> parts = new LinkedHashSet<>();
    long most = 0;
    for (Aggregate aggregate : aggregates) {
      parts.add(Part.of(aggregate.function()).orElseThrow());
      if (aggregate.function() == AggregateFunction.LAST) {
        most = Math.max(most, aggregate.parameter());
      }
    }

    String prefix = source.column().map(column -> column + "_").orElse("events");
    if (source.filter().isPresent() || ofAll.isPresent()) {
      String conditions = Digest.sha256(ofAll.orElse(""), source.filter().orElse(""));
      prefix += "_where_" + conditions.substring(0, HASH_DIGITS);
    }

    return new PartialSource(number, source.column(), source.filter(), prefix, parts, most);
  }

  /** Whether days can serve an aggregate in a window. */
  static boolean isKept(EventWindows.Window window, Aggregate aggregate) {
    return aggregate.function().canBeKeptDaily(window.length());
  }

  /** Whether it is of an aggregate's values. */
  boolean isOf(Aggregate aggregate) {
    return aggregate.column().equals(column) && aggregate.filter().equals(filter);
  }
}
