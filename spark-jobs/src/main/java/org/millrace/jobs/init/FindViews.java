package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.init.InitRequest.FactsFiles;
import org.millrace.jobs.init.InitRequest.Shape;
import org.millrace.jobs.init.SeenTable.SeenColumn;
import org.millrace.jobs.room.Progress;

/** Finds out which views can be made of files of facts, and of the spine's own rows. */
final class FindViews {
  /** From so many rows of a key on, they are counted, too. */
  private static final double EVENTS = 3;

  private final InitRequest request;
  private final LookAtFiles files;
  private final ZoneId zone;
  private final Progress progress;

  FindViews(InitRequest request, LookAtFiles files, ZoneId zone, Progress progress) {
    this.request = requireNonNull(request, "request is null");
    this.files = requireNonNull(files, "files is null");
    this.zone = requireNonNull(zone, "zone is null");
    this.progress = requireNonNull(progress, "progress is null");
  }

  /** Files of facts, with the columns by which they are joined: ours to theirs. */
  private record Keyed(FactsFiles files, SeenTable table, Map<SeenColumn, SeenColumn> keys) {
    List<String> ours() {
      return keys.keySet().stream().map(SeenColumn::name).toList();
    }

    List<String> theirs() {
      return keys.values().stream().map(SeenColumn::name).toList();
    }

    String option() {
      return files.shape() == Shape.EVENTS ? "--events" : "--facts";
    }
  }

  /**
   * The views of all files of facts, then of earlier rows of the spine by the same keys.
   *
   * @param later columns of the spine that come later, or that name its rows
   * @param keys takes in those of the facts
   */
  List<DraftView> find(SeenTable spine, TimeColumn asked, Set<String> later, KeyTypes keys) {
    List<Keyed> all = new ArrayList<>();
    for (FactsFiles facts : request.facts()) {
      all.add(keyed(facts, spine, keys));
    }

    List<DraftView> views = new ArrayList<>();
    Set<List<String>> entities = new LinkedHashSet<>();
    for (Keyed facts : all) {
      entities.add(facts.ours());
      if (!facts.table().table().equals(spine.table())) { // its own rows are a history
        views.addAll(views(facts, spine, keys));
      }
    }

    entities.forEach(entity -> history(spine, asked, entity, later, keys).ifPresent(views::add));
    return views;
  }

  private Keyed keyed(FactsFiles facts, SeenTable spine, KeyTypes keys) {
    SeenTable table = files.look(facts.location(), seen -> time(facts, seen));
    Map<SeenColumn, SeenColumn> pairs = new LinkedHashMap<>();
    Keyed keyed = new Keyed(facts, table, pairs);
    for (InitRequest.Key key : facts.keys()) {
      SeenColumn ours = spine.column(keyed.option(), key.spine());
      SeenColumn theirs = table.column(keyed.option(), key.facts());
      keys.add(keyed.option(), ours, table, theirs);
      pairs.put(ours, theirs);
    }

    return keyed;
  }

  private Optional<TimeColumn> time(FactsFiles facts, SeenTable table) {
    String option = facts.shape() == Shape.EVENTS ? "--events" : "--facts";
    return facts
        .time()
        .map(
            name ->
                TimeColumn.of(
                    option,
                    table.column(option, name),
                    table.table().equals(spineTable(table))
                        ? TimeColumn.Use.ASKED
                        : TimeColumn.Use.KNOWN,
                    zone));
  }

  /** The spine's rows arrive when they are asked about. */
  private String spineTable(SeenTable table) {
    return table.location().equals(request.spine()) ? table.table() : "";
  }

  /** The newest row of a key; and of keys with many rows, how many there are, and their means. */
  private List<DraftView> views(Keyed facts, SeenTable spine, KeyTypes types) {
    Map<String, DraftView.DraftKey> keys = new LinkedHashMap<>();
    facts
        .keys()
        .forEach(
            (ours, theirs) ->
                keys.put(
                    ours.name(),
                    new DraftView.DraftKey(theirs.name(), theirs.type(), types.of(ours.name()))));
    requireTime(facts);
    boolean hasTime = facts.files().time().isPresent();
    Optional<Instant> always =
        hasTime
            ? Optional.empty()
            : Optional.of(spine.span().from().atStartOfDay(zone).toInstant());
    boolean hasTwins = hasTime && hasTwins(facts.table(), facts.theirs());
    boolean isEvents = facts.files().shape() == Shape.EVENTS;
    String name = facts.table().shortName();
    List<DraftView> views = new ArrayList<>();
    if (!isEvents && !hasTwins) {
      views.add(DraftView.of(name, facts.table(), keys, false, false, always, List.of()));
    }

    if (!isEvents && hasTwins) {
      progress.say(
          "init",
          "note: %s has rows of the same %s and %s, none of which is the newest: they are counted and averaged, and none is looked up"
              .formatted(
                  facts.table().location(),
                  String.join(", ", facts.theirs()),
                  facts.files().time().orElseThrow()));
    }

    if (isEvents || hasTwins || (hasTime && perKey(facts.table(), facts.theirs()) >= EVENTS)) {
      views.add(
          DraftView.of(name + "_history", facts.table(), keys, true, false, always, List.of()));
    }

    views.removeIf(view -> !view.isUseful());
    if (views.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot make a view of %s: beside keys and time it has no number, and no text of at most %d values"
              .formatted(facts.table().location(), DraftView.MOST_TEXTS));
    }

    return views;
  }

  /** Rows of the same customer before this one. */
  private static Optional<DraftView> history(
      SeenTable spine, TimeColumn asked, List<String> entity, Set<String> later, KeyTypes types) {
    if (later.containsAll(entity) || perKey(spine, entity) < 2) {
      return Optional.empty();
    }

    Map<String, DraftView.DraftKey> keys = new LinkedHashMap<>();
    for (String name : entity) {
      keys.put(
          name, new DraftView.DraftKey(name, spine.column("--facts", name).type(), types.of(name)));
    }

    return Optional.of(
        DraftView.of(
            spine.shortName() + "_history",
            spine.at(asked),
            keys,
            true,
            true,
            Optional.empty(),
            List.copyOf(later)));
  }

  private void requireTime(Keyed facts) {
    boolean isOfLabel =
        request.label().location().filter(facts.files().location()::equals).isPresent();
    boolean isMissing =
        facts.files().time().isEmpty()
            && (isOfLabel
                || facts.files().shape() == Shape.EVENTS
                || perKey(facts.table(), facts.theirs()) > 1);
    if (isMissing) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use %s %s: it has several rows of a %s, or the label, and which of them was known when is unknown; name their time, as %s:%s@TIME"
              .formatted(
                  facts.option(),
                  facts.files().location(),
                  String.join(", ", facts.theirs()),
                  facts.files().location(),
                  String.join(",", facts.theirs())));
    }
  }

  /** Rows of the same keys and time: none of them is the newest. */
  private static boolean hasTwins(SeenTable table, List<String> keys) {
    List<Column> columns = new ArrayList<>(keys.stream().map(name -> col(name)).toList());
    columns.add(col(table.time().orElseThrow().name()));
    return !withKeys(table, keys)
        .where(col(table.time().orElseThrow().name()).isNotNull())
        .groupBy(columns.toArray(Column[]::new))
        .agg(count(lit(1)).as("twins"))
        .where(col("twins").gt(1))
        .isEmpty();
  }

  private static double perKey(SeenTable table, List<String> keys) {
    Dataset<Row> rows = withKeys(table, keys);
    Column[] columns = keys.stream().map(name -> col(name)).toArray(Column[]::new);
    return (double) rows.count() / Math.max(1, rows.select(columns).distinct().count());
  }

  /** A null key is joined to nothing. */
  private static Dataset<Row> withKeys(SeenTable table, List<String> keys) {
    return table
        .rows()
        .where(keys.stream().map(name -> col(name).isNotNull()).reduce(Column::and).orElseThrow());
  }
}
