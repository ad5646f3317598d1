package org.millrace.jobs.spine;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.asof.AsOfCounts;
import org.millrace.features.asof.AsOfJoin;
import org.millrace.features.asof.AsOfOracle;
import org.millrace.features.asof.AsOfView;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lake.Lake;
import org.millrace.features.nights.NightlyRows;
import org.millrace.features.nights.NightlySql;
import org.millrace.features.window.EventWindows;
import org.millrace.features.window.WindowAggregates;
import org.millrace.features.window.WindowOracle;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.FeatureTableColumns;
import org.millrace.planning.OlderDefinitions;
import org.millrace.planning.Recipes;

/**
 * The spine of a model and its features as of each row, from pinned tables.
 *
 * <p>Placement: driver only. What it returns is lazy.
 */
public final class SpineFeatures {
  /** The moment a spine row asks from. */
  public static final String AS_OF = "as_of";

  private static final int EARLIER_DAYS = 2;

  private final JobContext context;
  private final SpineDefinition spine;
  private final List<FeatureViewDefinition> views;
  private final Recipes recipes;

  /** Prepares the spine and all views of the pipeline. */
  public SpineFeatures(JobContext context) {
    this(context, context.pipeline().views());
  }

  /**
   * Prepares the spine and some views.
   *
   * @param views in the order in which their columns come
   */
  public SpineFeatures(JobContext context, List<FeatureViewDefinition> views) {
    this(context, views, new Recipes(context.pipeline(), views));
  }

  private SpineFeatures(JobContext context, List<FeatureViewDefinition> views, Recipes recipes) {
    this.context = requireNonNull(context, "context is null");
    this.spine = context.pipeline().spine();
    this.views = List.copyOf(views);
    this.recipes = recipes;
  }

  /** Prepares the spine and the views of a version, of which only what feeds it matters. */
  public static SpineFeatures feeding(JobContext context, ContractViews needed) {
    return new SpineFeatures(
        context,
        needed.views(),
        Recipes.feeding(context.pipeline(), needed.views(), needed.contract().columns()));
  }

  /**
   * Prepares the spine and the views of two versions, of which only what feeds them matters; the
   * views of the second one that the first does not need come last.
   */
  public static SpineFeatures feeding(
      JobContext context, ContractViews needed, ContractViews beside) {
    ContractViews.Union union = needed.and(beside);
    return new SpineFeatures(
        context,
        union.views(),
        Recipes.feeding(context.pipeline(), union.views(), union.columns()));
  }

  /** The views that are joined. */
  public List<FeatureViewDefinition> views() {
    return views;
  }

  /** The spine's definition. */
  public SpineDefinition definition() {
    return spine;
  }

  /**
   * Fixes the versions of all tables that a run over these days reads; among them the daily partial
   * aggregates of those views that they are to serve.
   *
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING where a table or one
   *     of its days is not there yet
   */
  public Pins pin(DayRange days) {
    requireInputs(days);
    Map<String, TableVersion> pins = new LinkedHashMap<>();
    spine.reads().forEach(table -> pins.put(table, context.pin(table, "ingest")));
    views.forEach(view -> pins.put(view.table(), context.pin(view.table(), "validate")));
    for (FeatureViewDefinition view : views) {
      daily(view, days).choose().ifPresent(table -> serve(view, table, pins));
    }

    return new Pins(pins, olderDays(days));
  }

  /** They are joined as they are: a definition that changed makes nothing again by itself. */
  private Map<String, List<LocalDate>> olderDays(DayRange days) {
    Map<String, List<LocalDate>> older = new LinkedHashMap<>();
    for (FeatureViewDefinition view : views) {
      List<LocalDate> made =
          OlderDefinitions.days(context.ledger(), view, recipes.visible(view, days, 0));
      if (!made.isEmpty()) {
        older.put(view.name(), made);
        context
            .progress()
            .say(
                "spine",
                "note: %d days of %s, from %s to %s, are of an older definition; `millrace plan` lists them"
                    .formatted(made.size(), view.table(), made.get(0), made.get(made.size() - 1)));
      }
    }

    return older;
  }

  /**
   * Fails if an input of these days is missing, or is not what the ledger says.
   *
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING or DATA_CONTRACT
   */
  public void requireInputs(DayRange days) {
    days.days().forEach(this::fingerprint);
  }

  private void serve(
      FeatureViewDefinition view, TableVersion table, Map<String, TableVersion> pins) {
    pins.put(view.dailyTable(), table);
    context.progress().say("spine", view.name() + ": whole days come from " + view.dailyTable());
  }

  private DailyTables daily(FeatureViewDefinition view, DayRange days) {
    return new DailyTables(context, view, days, recipes.visible(view, days, 0));
  }

  /**
   * Fingerprint of a spine day: its definition, how the views are looked up, the inputs of that
   * day, the days of each view that its rows can see.
   */
  public String fingerprint(LocalDate day) {
    return context.ledger().fingerprint(recipes.spineDay(day));
  }

  /** What the objects of the pipeline are made from. */
  public Recipes recipes() {
    return recipes;
  }

  /**
   * The spine rows of some days: id, day, as_of, other columns, and the spine's own label. Each day
   * has the rows that a night of that day alone has; one Spark job shows that none is lost.
   *
   * @throws org.millrace.contracts.MillraceException of category DATA_CONTRACT where the SQL yields
   *     rows of a day on which no night would find them
   */
  public Dataset<Row> spine(DayRange days, Pins pins) {
    Map<String, NightlySql.Input> inputs = new LinkedHashMap<>();
    for (String table : spine.reads()) {
      SourceDefinition source = context.pipeline().source(table);
      inputs.put(
          DefinitionSql.shortName(table),
          new NightlySql.Input(context.lake().read(pins.of(table)), source.day()));
    }

    String what = "spine " + spine.name();
    NightlyRows rows =
        new NightlySql(context.lake(), what, spine.sql().text(), inputs, spine.lookBackDays())
            .rows(days, col(spine.day()));
    rows.reach().requireAll(what + " of " + days, what);
    return LocalTimes.asInstants(rows.kept(), times(spine)).select(columns());
  }

  /** The columns of a spine that are instants. */
  public static List<String> times(SpineDefinition spine) {
    List<String> times = new ArrayList<>(List.of(AS_OF));
    spine.label().ifPresent(label -> times.add(label.knownAt()));
    return times;
  }

  /**
   * Adds the features of all views as of each row: first those that are looked up, then those that
   * are aggregated in windows. The counts prove that no row was lost or doubled.
   */
  public JoinedSpine join(Dataset<Row> rows, DayRange days, Pins pins) {
    List<AsOfView> facts = facts(view -> rows(view, recipes.visible(view, days, 0), pins));
    List<EventWindows> events =
        views.stream()
            .filter(FeatureViewDefinition::isWindowed)
            .map(view -> windows(view, days, pins))
            .toList();
    List<Supplier<AsOfCounts>> steps = new ArrayList<>();
    Dataset<Row> joined = rows;
    if (views.isEmpty()) { // nothing is joined: the rows are counted as they are
      steps.add(() -> counted(rows));
    }

    if (!facts.isEmpty()) {
      AsOfJoin join = AsOfJoin.spine(joined, AS_OF);
      for (AsOfView view : facts) {
        join = join.with(view);
      }

      AsOfJoin.Result result = join.join();
      joined = result.rows();
      steps.add(result::counts);
    }
    if (!events.isEmpty()) {
      WindowAggregates windows = WindowAggregates.spine(joined, AS_OF);
      for (EventWindows view : events) {
        windows = windows.over(view);
      }

      WindowAggregates.Result result = windows.aggregate();
      joined = result.rows();
      steps.add(result::counts);
    }

    return new JoinedSpine(joined, steps);
  }

  private static AsOfCounts counted(Dataset<Row> rows) {
    long count = rows.count();
    return new AsOfCounts(count, count, Map.of());
  }

  /**
   * Answers a sample of the spine rows of these days by brute force, without the kernels of {@link
   * #join}; the same columns, in its order.
   */
  public Dataset<Row> bruteForce(Dataset<Row> sample, DayRange days, Pins pins) {
    // from earlier days than the join, so that the choice of days is judged too
    Function<FeatureViewDefinition, Dataset<Row>> rows =
        view -> rows(view, recipes.visible(view, days, EARLIER_DAYS), pins);
    List<AsOfView> facts = facts(rows);
    Dataset<Row> looked = facts.isEmpty() ? sample : new AsOfOracle(AS_OF, facts).enrich(sample);
    List<EventWindows> events = events(rows);
    return events.isEmpty() ? looked : new WindowOracle(AS_OF, events).enrich(looked);
  }

  private List<AsOfView> facts(Function<FeatureViewDefinition, Dataset<Row>> rows) {
    return views.stream()
        .filter(view -> !view.isWindowed())
        .map(view -> AsOfView.of(view, rows.apply(view)))
        .toList();
  }

  private EventWindows windows(FeatureViewDefinition view, DayRange days, Pins pins) {
    EventWindows windows = EventWindows.of(view, rows(view, recipes.visible(view, days, 0), pins));
    return pins.find(view.dailyTable())
        .map(daily(view, days)::read)
        .map(windows::with)
        .orElse(windows);
  }

  private List<EventWindows> events(Function<FeatureViewDefinition, Dataset<Row>> rows) {
    return views.stream()
        .filter(FeatureViewDefinition::isWindowed)
        .map(view -> EventWindows.of(view, rows.apply(view)))
        .toList();
  }

  private Dataset<Row> rows(FeatureViewDefinition view, DayRange known, Pins pins) {
    return context
        .lake()
        .read(pins.of(view.table()))
        .where(Lake.inDays(FeatureTableColumns.KNOWN_DATE, known));
  }

  private Column[] columns() {
    Set<String> names = new LinkedHashSet<>(spine.id());
    names.add(spine.day());
    names.add(AS_OF);
    names.addAll(spine.columns());
    spine
        .label()
        .ifPresent(
            label -> {
              names.add(label.label());
              names.add(label.knownAt());
            });
    return names.stream().map(name -> col(name)).toArray(Column[]::new);
  }
}
