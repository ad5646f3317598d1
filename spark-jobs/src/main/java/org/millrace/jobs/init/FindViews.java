package org.millrace.jobs.init;

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
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.jobs.init.InitRequest.FactsWish;
import org.millrace.jobs.init.InitRequest.Shape;
import org.millrace.jobs.init.SeenTable.SeenColumn;
import org.millrace.jobs.room.Progress;

/** Finds out which views can be made of files of facts, and of the spine's own rows. */
final class FindViews {
  private static final String OPTION = "--facts";

  /** From so many rows of a key on, rows are taken for events. */
  private static final double EVENTS = 3;

  private final InitRequest request;
  private final Optional<Definitions> defined;
  private final LookAtFiles files;
  private final ZoneId zone;
  private final Progress progress;
  private final Set<String> names = new TreeSet<>();

  FindViews(
      InitRequest request,
      Optional<Definitions> defined,
      LookAtFiles files,
      ZoneId zone,
      Progress progress) {
    this.request = request;
    this.defined = defined;
    this.files = files;
    this.zone = zone;
    this.progress = progress;
    defined.ifPresent(there -> names.addAll(there.views().keySet()));
  }

  /**
   * A view that a model is to read.
   *
   * @param name of it
   * @param numeric columns of the joined rows
   * @param categorical columns of the joined rows
   * @param draft what is to be written; empty if it is there
   */
  record Joined(
      String name, List<String> numeric, List<String> categorical, Optional<DraftView> draft) {}

  /** Files of facts, with the columns by which they are joined. */
  private record Asked(FactsWish wish, SeenTable table, Map<SeenColumn, SeenColumn> keys) {}

  /**
   * Looks at all files of facts; the keys take theirs in.
   *
   * @param without columns of the spine that come later, or that name its rows
   */
  List<Joined> find(SeenTable spine, TimeColumn asked, Set<String> without, KeyTypes keys) {
    List<Asked> all = new ArrayList<>();
    for (FactsWish wish : request.facts()) {
      SeenTable table = files.look(wish.location(), seen -> time(wish, seen));
      Map<SeenColumn, SeenColumn> pairs = new LinkedHashMap<>();
      for (InitRequest.Key key : wish.keys()) {
        SeenColumn ours = spine.column(OPTION, key.spine());
        SeenColumn theirs = table.column(OPTION, key.facts());
        keys.add(OPTION, ours, table, theirs);
        pairs.put(ours, theirs);
      }

      all.add(new Asked(wish, table, pairs));
    }

    List<Joined> views = new ArrayList<>();
    all.forEach(facts -> views.add(view(facts, spine, keys)));
    Set<List<String>> entities = new LinkedHashSet<>();
    all.forEach(
        facts -> entities.add(facts.keys().keySet().stream().map(SeenColumn::name).toList()));
    entities.forEach(entity -> history(spine, asked, entity, without, keys).ifPresent(views::add));
    return views;
  }

  private Optional<TimeColumn> time(FactsWish wish, SeenTable table) {
    return wish.time()
        .map(name -> TimeColumn.of(OPTION, table.column(OPTION, name), TimeColumn.Use.KNOWN, zone));
  }

  private Joined view(Asked facts, SeenTable spine, KeyTypes types) {
    Map<String, DraftView.DraftKey> keys = new LinkedHashMap<>();
    facts
        .keys()
        .forEach(
            (ours, theirs) ->
                keys.put(
                    ours.name(),
                    new DraftView.DraftKey(theirs.name(), theirs.type(), types.of(ours.name()))));
    boolean isWindowed = isWindowed(facts);
    Optional<Instant> always =
        facts.wish().time().isPresent()
            ? Optional.empty()
            : Optional.of(spine.span().from().atStartOfDay(zone).toInstant());
    String table = facts.table().shortName();
    return joined(
        facts.table(),
        keys,
        isWindowed ? table + "_history" : table,
        isWindowed,
        false,
        always,
        List.of());
  }

  /** Rows of the same customer before this one. */
  private Optional<Joined> history(
      SeenTable spine, TimeColumn asked, List<String> entity, Set<String> without, KeyTypes types) {
    List<String> columns = new ArrayList<>(entity);
    if (without.containsAll(entity) || perKey(spine, columns) < 2) {
      return Optional.empty();
    }

    Map<String, DraftView.DraftKey> keys = new LinkedHashMap<>();
    for (String name : entity) {
      keys.put(
          name, new DraftView.DraftKey(name, spine.column(OPTION, name).type(), types.of(name)));
    }

    SeenTable timed =
        new SeenTable(
            spine.table(),
            spine.location(),
            spine.columns(),
            spine.rows(),
            spine.count(),
            Optional.of(asked),
            spine.day(),
            spine.days(),
            spine.files());
    return Optional.of(
        joined(
            timed,
            keys,
            spine.shortName() + "_history",
            true,
            true,
            Optional.empty(),
            List.copyOf(without)));
  }

  private Joined joined(
      SeenTable table,
      Map<String, DraftView.DraftKey> keys,
      String name,
      boolean isWindowed,
      boolean isOwn,
      Optional<Instant> always,
      List<String> without) {
    Optional<FeatureViewDefinition> there =
        defined.stream()
            .flatMap(definitions -> definitions.views().values().stream())
            .filter(view -> view.reads().equals(List.of(table.table())))
            .filter(view -> view.keys().keySet().equals(keys.keySet()))
            .filter(view -> view.isWindowed() == isWindowed)
            .findFirst();
    if (there.isPresent()) {
      progress.say("init", "view " + there.get().name() + " is there already and is shared");
      return joined(there.get());
    }

    String free = Words.free(name, names);
    names.add(free);
    DraftView draft = DraftView.of(free, table, keys, isWindowed, isOwn, always, without);
    if (!draft.isUseful()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot make a view of %s: beside keys and time it has no number, and no text of at most %d values"
              .formatted(table.location(), DraftView.MOST_TEXTS));
    }

    return new Joined(free, draft.numeric(), draft.categorical(), Optional.of(draft));
  }

  private static Joined joined(FeatureViewDefinition view) {
    List<String> numeric = new ArrayList<>();
    List<String> categorical = new ArrayList<>();
    view.outputs()
        .forEach(
            (output, feature) -> {
              boolean isText = feature.type().equalsIgnoreCase("string");
              if (isText) {
                categorical.add(view.column(output));
              } else if (feature
                  .type()
                  .matches(
                      "(?i)(tiny|small|big)?int(eger)?|long|short|byte|float|real|double|decimal.*")) {
                numeric.add(view.column(output));
              }
            });
    return new Joined(view.name(), numeric, categorical, Optional.empty());
  }

  private boolean isWindowed(Asked facts) {
    List<String> keys = facts.keys().values().stream().map(SeenColumn::name).toList();
    double perKey = perKey(facts.table(), keys);
    if (facts.wish().time().isEmpty()) {
      if (perKey > 1 || facts.wish().shape() == Shape.EVENTS) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot use %s %s: %s stands in it several times, and nothing says which row was known when; name their time, as %s:%s@TIME"
                .formatted(
                    OPTION,
                    facts.wish().location(),
                    String.join(", ", keys),
                    facts.wish().location(),
                    String.join(",", keys)));
      }

      return false;
    }

    return switch (facts.wish().shape()) {
      case EVENTS -> true;
      case FACTS -> false;
      case FOUND -> perKey >= EVENTS || hasTwins(facts, keys);
    };
  }

  /** Rows of the same keys and time: none of them is the newest. */
  private static boolean hasTwins(Asked facts, List<String> keys) {
    List<Column> columns = new ArrayList<>(keys.stream().map(name -> col(name)).toList());
    columns.add(col(facts.table().time().orElseThrow().name()));
    return !facts
        .table()
        .rows()
        .groupBy(columns.toArray(Column[]::new))
        .agg(count(lit(1)).as("twins"))
        .where(col("twins").gt(1))
        .isEmpty();
  }

  private static double perKey(SeenTable table, List<String> keys) {
    Column[] columns = keys.stream().map(name -> col(name)).toArray(Column[]::new);
    long distinct = Math.max(1, table.rows().select(columns).distinct().count());
    return (double) table.count() / distinct;
  }
}
