package org.millrace.features.window;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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

  /** What {@link #compute} makes: another number whenever its columns mean something else. */
  public static final int FORMAT = StoredSums.FORMAT;

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
   * @param view its events: all of each known day, or of days that are added up elsewhere; no key
   *     has the name of one of the columns above
   */
  public static Dataset<Row> compute(EventWindows view, ZoneId zone) {
    return new PartialQuery(view, zone).rows();
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
