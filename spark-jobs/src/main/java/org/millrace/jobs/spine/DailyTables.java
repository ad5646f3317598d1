package org.millrace.jobs.spine;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.AggregateFunction;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.WindowedFeature;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.Lake;
import org.millrace.features.window.DailyPartials;
import org.millrace.features.window.WholeDays;
import org.millrace.jobs.room.JobContext;
import org.millrace.planning.Recipes;

/**
 * Decides whether the windows of a view are served by its daily partial aggregates: where these are
 * complete and fewer rows are read so. The answer is the same either way, bit for bit. {@code
 * spark.millrace.windows.partials} forces it: {@code auto}, {@code always}, {@code never}. Driver
 * only.
 */
final class DailyTables {
  static final String SETTING = "spark.millrace.windows.partials";

  /**
   * How many events can be read in the time of one row of partial aggregates, which comes through
   * rows and bytes where events come in columns. By {@code bin/bench asof --only night}.
   */
  private static final long EVENTS_IN_TIME_OF_A_ROW = 25;

  private final JobContext context;
  private final FeatureViewDefinition view;
  private final DayRange visible;
  private final WholeDays whole;

  /** When partial aggregates are used. */
  private enum Use {
    AUTO,
    ALWAYS,
    NEVER
  }

  /**
   * Prepares the decision for a view.
   *
   * @param spineDays days of the spine
   * @param visible known days that these can see
   */
  DailyTables(
      JobContext context, FeatureViewDefinition view, DayRange spineDays, DayRange visible) {
    this.context = context;
    this.view = view;
    this.visible = visible;
    whole = WholeDays.of(context.lake().dayZone(), spineDays);
  }

  /** The table to read, where it is to be read. */
  Optional<TableVersion> choose() {
    Use use = use();
    if (!view.isKeptDaily() || use == Use.NEVER || !servesAWindow()) {
      return Optional.empty();
    }

    Optional<String> missing = missing();
    if (missing.isPresent()) {
      return notUsable(missing.get(), use);
    }

    return use == Use.ALWAYS || eventsRead() < eventsWithoutPartials()
        ? context.ledger().comparedWith(view.dailyTable())
        : Optional.empty();
  }

  private Optional<TableVersion> notUsable(String why, Use use) {
    if (use == Use.ALWAYS) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot use the partial aggregates of "
              + view.name()
              + ", as "
              + SETTING
              + "=always requires: "
              + why
              + "; run `millrace materialize` and `millrace validate` for the days, or leave the"
              + " setting out");
    }

    context.progress().say("spine", view.name() + ": windows are made of events alone: " + why);
    return Optional.empty();
  }

  private boolean servesAWindow() {
    return view.aggregates().values().stream().anyMatch(this::isServed);
  }

  private boolean isServed(WindowedFeature aggregate) {
    return aggregate.canBeKeptDaily()
        && whole.start(aggregate.of().windows().get(0)).isBefore(whole.end());
  }

  /** The partial aggregates of a pinned version, for rows of the spine's days. */
  DailyPartials read(TableVersion table) {
    Dataset<Row> rows =
        context.lake().read(table).where(Lake.inDays(DailyPartials.KNOWN_DATE, visible));
    return new DailyPartials(rows, whole.zone(), whole.from(), whole.to());
  }

  private Use use() {
    String given = context.spark().conf().get(SETTING, "auto");
    return Arrays.stream(Use.values())
        .filter(use -> use.name().equalsIgnoreCase(given))
        .findFirst()
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot use "
                        + SETTING
                        + "="
                        + given
                        + ": it must be one of "
                        + Stream.of(Use.values())
                            .map(use -> use.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))));
  }

  /** Why the table cannot stand for the events; empty where it can. */
  private Optional<String> missing() {
    NavigableMap<LocalDate, LedgerEntry> events = context.ledger().entries(view.table());
    NavigableMap<LocalDate, LedgerEntry> kept = context.ledger().entries(view.dailyTable());
    return visible.days().stream()
        .flatMap(
            day ->
                missing(
                    day, Optional.ofNullable(kept.get(day)), Optional.ofNullable(events.get(day)))
                    .stream())
        .findFirst();
  }

  private Optional<String> missing(
      LocalDate day, Optional<LedgerEntry> kept, Optional<LedgerEntry> events) {
    Optional<String> is = kept.map(LedgerEntry::fingerprint);
    Optional<String> mustBe = events.map(entry -> Recipes.daily(view, entry.fingerprint()));
    if (!is.equals(mustBe)) {
      return Optional.of(
          view.dailyTable()
              + " does not have the "
              + day
              + " of "
              + view.table()
              + " as the view is now");
    }

    return Stream.of(kept, events)
        .flatMap(Optional::stream)
        .flatMap(entry -> context.ledger().difference(entry).stream())
        .map(ChangedOutside::toString)
        .findFirst();
  }

  private long eventsWithoutPartials() {
    return rows(view.table(), new HashSet<>(visible.days()));
  }

  /** Events read as they are, and for kept rows so many events as take as long. */
  private long eventsRead() {
    Set<LocalDate> asTheyAre = new HashSet<>();
    long rowsOfARow = 1;
    for (WindowedFeature aggregate : view.aggregates().values()) {
      Duration window = aggregate.of().windows().get(0);
      LocalDate end = isServed(aggregate) ? whole.start(window) : whole.end();
      Instant earliest = whole.from().minus(window);
      visible.days().stream()
          .filter(day -> whole.ends(day).isAfter(earliest) && day.isBefore(end))
          .forEach(asTheyAre::add);
      if (aggregate.canBeKeptDaily() && aggregate.of().function() == AggregateFunction.LAST) {
        rowsOfARow += aggregate.of().parameter();
      }
    }

    Set<LocalDate> kept = new HashSet<>(visible.days());
    kept.removeIf(day -> !day.isBefore(whole.end()));
    Set<LocalDate> spine = new HashSet<>(visible.days());
    spine.removeAll(kept);
    asTheyAre.addAll(spine);
    return rows(view.table(), asTheyAre)
        + EVENTS_IN_TIME_OF_A_ROW * rowsOfARow * rows(view.dailyTable(), kept);
  }

  private long rows(String table, Set<LocalDate> days) {
    return context.ledger().entries(table).entrySet().stream()
        .filter(entry -> days.contains(entry.getKey()))
        .mapToLong(entry -> entry.getValue().rows().accepted())
        .sum();
  }
}
