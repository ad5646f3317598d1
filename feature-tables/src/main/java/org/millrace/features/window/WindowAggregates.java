package org.millrace.features.window;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.asof.AsOfCounts;

/**
 * Enriches a spine with aggregates of events in windows that end at each row's as-of time; the rule
 * stands in {@link EventWindows}, the functions in {@link Aggregate}.
 *
 * <pre>{@code
 * EventWindows flights =
 *     EventWindows.of("flights", departures).keys("origin")
 *         .window(Duration.ofHours(3), count(), avg("dep_delay"), max("dep_delay"))
 *         .window(Duration.ofDays(7), avg("dep_delay").where("carrier = 'AA'").as("aa_delay"))
 *         .build();
 * Dataset<Row> rows = WindowAggregates.spine(spine, "as_of").over(flights).apply();
 * }</pre>
 *
 * <p>Each spine row stands exactly once in the output; duplicates stay. The output has the spine's
 * columns, then those of each view in the order of {@code over}. The order of rows is not kept.
 *
 * <p>Spine and events are read once for each view, shuffled by key as chunks of columns, and
 * aggregated in memory bucket by bucket: all rows and events of one key meet in one task.
 * Immutable; driver only; nothing runs before an action.
 */
public final class WindowAggregates {
  private final Dataset<Row> spine;
  private final String asOf;
  private final List<EventWindows> views;

  private WindowAggregates(Dataset<Row> spine, String asOf, List<EventWindows> views) {
    this.spine = spine;
    this.asOf = asOf;
    this.views = views;
  }

  /**
   * Starts an aggregation.
   *
   * @param spine rows to enrich: keys, the as-of time, any further columns of atomic types
   * @param asOf TIMESTAMP column: the moment each row asks from
   */
  public static WindowAggregates spine(Dataset<Row> spine, String asOf) {
    return new WindowAggregates(
        requireNonNull(spine, "spine is null"), requireNonNull(asOf, "asOf is null"), List.of());
  }

  /** The same aggregation with one more view. */
  public WindowAggregates over(EventWindows view) {
    List<EventWindows> more = new ArrayList<>(views);
    more.add(requireNonNull(view, "view is null"));
    return new WindowAggregates(spine, asOf, List.copyOf(more));
  }

  /** The enriched rows alone. Throws like {@link #aggregate}. */
  public Dataset<Row> apply() {
    return aggregate().rows();
  }

  /**
   * The enriched rows, with counts that an action on them fills. Throws DEFINITION where there is
   * no view, a column is missing, has a wrong type, or would stand twice in the output, or a filter
   * is not valid.
   */
  public Result aggregate() {
    if (views.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot aggregate over windows: no view was given; give one with over(...)");
    }

    Dataset<Row> rows = spine;
    List<WindowCounters> counters = new ArrayList<>();
    for (EventWindows view : views) {
      WindowSchemas.check(rows, asOf, view);
      WindowCounters ofView = WindowCounters.register(spine.sparkSession().sparkContext());
      rows = WindowNodes.aggregate(rows, asOf, view, ofView);
      counters.add(ofView);
    }

    return new Result(rows, List.copyOf(counters));
  }

  /** Enriched rows and how many there were. Driver only. */
  public static final class Result {
    private final Dataset<Row> rows;
    private final List<WindowCounters> counters;

    private Result(Dataset<Row> rows, List<WindowCounters> counters) {
      this.rows = rows;
      this.counters = counters;
    }

    /** The enriched rows; lazy. */
    public Dataset<Row> rows() {
      return rows;
    }

    /**
     * The counts, once one action has read all of {@link #rows} once; zeros before. Wrong, and then
     * refused by {@link AsOfCounts#requireConserved}, after an action that stops early.
     */
    public AsOfCounts counts() {
      return new AsOfCounts(
          counters.get(0).value().spineRows(),
          counters.get(counters.size() - 1).value().rows(),
          java.util.Map.of());
    }
  }
}
