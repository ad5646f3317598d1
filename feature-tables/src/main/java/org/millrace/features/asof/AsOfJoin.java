package org.millrace.features.asof;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.millrace.features.spark.ColumnNames;

/**
 * Enriches a spine with the facts of feature views as they were known at each row's as-of time; the
 * rule stands in {@link AsOfView}.
 *
 * <pre>{@code
 * AsOfJoin.Result joined = AsOfJoin.spine(spine, "as_of").with(weather).with(planes).join();
 * joined.rows().write()...;
 * joined.counts().requireConserved();
 * }</pre>
 *
 * <p>Each spine row stands exactly once in the output, matched or not; duplicates stay. The output
 * has the spine's columns, then those of each view in the order of {@code with}; all may be null.
 * The order of rows is not kept.
 *
 * <p>How it runs is chosen by the size and layout of the inputs and named in EXPLAIN; {@link
 * #strategy} or the session's {@code spark.millrace.asof.strategy} forces it. Immutable; driver
 * only; nothing runs before an action.
 */
public final class AsOfJoin {
  /** Session setting: the name of an {@link AsOfStrategy}, in any case. */
  public static final String STRATEGY = "spark.millrace.asof.strategy";

  private final Dataset<Row> spine;
  private final String asOf;
  private final List<AsOfView> views;
  private final Optional<AsOfStrategy> forced;

  private AsOfJoin(
      Dataset<Row> spine, String asOf, List<AsOfView> views, Optional<AsOfStrategy> forced) {
    this.spine = spine;
    this.asOf = asOf;
    this.views = views;
    this.forced = forced;
  }

  /**
   * Starts a join.
   *
   * @param spine rows to enrich: keys, the as-of time, any further columns
   * @param asOf TIMESTAMP column: the moment each row asks from
   */
  public static AsOfJoin spine(Dataset<Row> spine, String asOf) {
    return new AsOfJoin(
        requireNonNull(spine, "spine is null"),
        requireNonNull(asOf, "asOf is null"),
        List.of(),
        Optional.empty());
  }

  /** The same join with one more view. */
  public AsOfJoin with(AsOfView view) {
    List<AsOfView> more = new ArrayList<>(views);
    more.add(requireNonNull(view, "view is null"));
    return new AsOfJoin(spine, asOf, List.copyOf(more), forced);
  }

  /** The same join run in this way, whatever the session says. */
  public AsOfJoin strategy(AsOfStrategy strategy) {
    return new AsOfJoin(spine, asOf, views, Optional.of(strategy));
  }

  /** The enriched rows alone. Throws like {@link #join}. */
  public Dataset<Row> apply() {
    return join().rows();
  }

  /**
   * The enriched rows, with counts that an action on them fills. Throws DEFINITION where there is
   * no view, a column is missing, has a wrong type, or would stand twice in the output, or where
   * the strategy asked for does not exist or cannot carry a feature.
   */
  public Result join() {
    AsOfSchemas.check(spine, asOf, views);
    AsOfStrategy strategy = forced.orElseGet(this::strategyOfSession);
    if (strategy == AsOfStrategy.SORT) {
      return joinByWindow();
    }
    if (strategy == AsOfStrategy.AUTO) {
      boolean fits = AsOfSchemas.haveCells(spine, views);
      return fits && (AsOfSchemas.hasCells(spine) || isRepeatable())
          ? joinByNode(strategy)
          : joinByWindow();
    }

    AsOfSchemas.requireCells(spine, views, strategy);
    if (strategy == AsOfStrategy.MEMORY && !isRepeatable()) {
      throw AsOfView.definition(
          "set",
          "strategy MEMORY reads its inputs twice, and one of them may come in another order each"
              + " time; write it to a table first, or use AUTO");
    }

    return joinByNode(strategy);
  }

  private boolean isRepeatable() {
    return Stream.concat(Stream.of(spine), views.stream().map(AsOfView::rows))
        .allMatch(rows -> Repeatable.is(rows.queryExecution().analyzed()));
  }

  private AsOfStrategy strategyOfSession() {
    String name = spine.sparkSession().conf().get(STRATEGY, AsOfStrategy.AUTO.name());
    for (AsOfStrategy strategy : AsOfStrategy.values()) {
      if (strategy.name().equalsIgnoreCase(name)) {
        return strategy;
      }
    }

    throw AsOfView.definition(
        "set", STRATEGY + " is '" + name + "', not one of " + List.of(AsOfStrategy.values()));
  }

  private Result joinByNode(AsOfStrategy strategy) {
    AsOfCounters counters =
        AsOfCounters.register(spine.sparkSession().sparkContext(), views.size());
    Dataset<Row> rows = AsOfNodes.join(spine, asOf, views, strategy, counters);
    return new Result(rows, () -> counters.value(views));
  }

  private Result joinByWindow() {
    RowCounter counter = new RowCounter(0);
    Dataset<Row> rows = CountRows.in(AsOfSchemas.distributed(spine), functions.lit(0L), counter);
    Map<List<AsOfView>, RowCounter> counters = new LinkedHashMap<>();
    for (List<AsOfView> group : viewsByKeys()) {
      RowCounter groupCounter = new RowCounter(group.size());
      rows = new AsOfWindow(asOf, group).join(rows, groupCounter);
      counters.put(group, groupCounter);
    }

    return new Result(
        rows.select(outputColumns()), () -> countsOfWindows(views, counter, counters));
  }

  private List<List<AsOfView>> viewsByKeys() {
    Map<List<String>, List<AsOfView>> groups = new LinkedHashMap<>();
    for (AsOfView view : views) {
      List<String> keys = view.keys().values().stream().sorted().toList();
      groups.computeIfAbsent(keys, absent -> new ArrayList<>()).add(view);
    }

    return List.copyOf(groups.values());
  }

  private Column[] outputColumns() {
    List<String> columns = new ArrayList<>(List.of(spine.columns()));
    views.forEach(view -> columns.addAll(view.columns()));
    return columns.stream().map(ColumnNames::column).toArray(Column[]::new);
  }

  private static AsOfCounts countsOfWindows(
      List<AsOfView> views, RowCounter spineRows, Map<List<AsOfView>, RowCounter> counters) {
    long rowsOut = 0;
    Map<String, Long> matchedByView = new LinkedHashMap<>();
    for (Map.Entry<List<AsOfView>, RowCounter> group : counters.entrySet()) {
      long[] counts = group.getValue().value();
      rowsOut = counts[0]; // the last group's rows are the output's
      for (int i = 0; i < group.getKey().size(); i++) {
        matchedByView.put(group.getKey().get(i).name(), counts[i + 1]);
      }
    }

    Map<String, Long> matched = new LinkedHashMap<>();
    views.forEach(view -> matched.put(view.name(), matchedByView.getOrDefault(view.name(), 0L)));
    return new AsOfCounts(spineRows.value()[0], rowsOut, matched);
  }

  /** Enriched rows and what became of them. Driver only. */
  public static final class Result {
    private final Dataset<Row> rows;
    private final Supplier<AsOfCounts> counts;

    private Result(Dataset<Row> rows, Supplier<AsOfCounts> counts) {
      this.rows = rows;
      this.counts = counts;
    }

    /** The enriched rows; lazy. */
    public Dataset<Row> rows() {
      return rows;
    }

    /**
     * The counts, once one action has read all of {@link #rows} once; zeros before. Repeated and
     * speculative tasks do not spoil them. They are wrong after an action that stops early ({@code
     * take}, {@code show}) and where the rows stand twice in one plan, as in a self-join: then
     * {@link AsOfCounts#requireConserved} refuses rather than accepts.
     */
    public AsOfCounts counts() {
      return counts.get();
    }
  }
}
