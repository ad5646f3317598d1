package org.millrace.features.window;

import java.util.List;
import org.millrace.contracts.definition.AggregateText;

/** Makes windows of aggregates as people write them, see {@link AggregateText}. Stateless. */
final class WindowText {
  private WindowText() {}

  /** One window for each length, each with the one aggregate. Throws DEFINITION. */
  static List<EventWindows.Window> parse(String text) {
    AggregateText parsed = AggregateText.parse(text);
    Aggregate aggregate = parsed.name().map(aggregate(parsed)::as).orElse(aggregate(parsed));
    return parsed.windows().stream()
        .map(length -> new EventWindows.Window(length, List.of(aggregate)))
        .toList();
  }

  /** The one aggregate, without the name that stands in the text. */
  static Aggregate aggregate(AggregateText text) {
    String column = text.column().orElse("");
    Aggregate aggregate =
        switch (text.function()) {
          case COUNT -> text.column().map(Aggregate::count).orElseGet(Aggregate::count);
          case SUM -> Aggregate.sum(column);
          case AVG -> Aggregate.avg(column);
          case STDDEV -> Aggregate.stddev(column);
          case MIN -> Aggregate.min(column);
          case MAX -> Aggregate.max(column);
          case COUNT_DISTINCT -> Aggregate.countDistinct(column);
          case LAST -> Aggregate.last(column, (int) text.parameter());
          case QUANTILE -> Aggregate.quantile(column, text.parameter() / 1e6);
        };
    return text.condition().map(aggregate::where).orElse(aggregate);
  }
}
