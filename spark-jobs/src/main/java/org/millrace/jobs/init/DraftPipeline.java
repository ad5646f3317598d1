package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
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
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.validation.SuggestedRules;
import org.millrace.jobs.room.Progress;

/** Makes the texts of all definitions of a pipeline. Driver only; Spark jobs. */
final class DraftPipeline {
  /** With fewer rows a day it may well be that none of them has an answer of a view. */
  private static final double SPARSE = 50;

  private final InitRequest request;
  private final Optional<Definitions> defined;
  private final LookAtFiles files;
  private final Progress progress;
  private final ZoneId dayZone;
  private final ZoneId textZone;

  /**
   * Nothing is looked at yet.
   *
   * @param defined definitions that there are
   * @param dayZone in which days begin and end
   * @param textZone of times that are written without a zone
   */
  DraftPipeline(
      InitRequest request,
      Optional<Definitions> defined,
      LookAtFiles files,
      Progress progress,
      ZoneId dayZone,
      ZoneId textZone) {
    this.request = requireNonNull(request, "request is null");
    this.defined = requireNonNull(defined, "defined is null");
    this.files = requireNonNull(files, "files is null");
    this.progress = requireNonNull(progress, "progress is null");
    this.dayZone = requireNonNull(dayZone, "dayZone is null");
    this.textZone = requireNonNull(textZone, "textZone is null");
  }

  /** Texts by file, and the spine. */
  record Drafts(Map<String, String> files, SeenTable spine) {}

  /**
   * Looks at all files and makes the texts.
   *
   * @throws MillraceException as {@link InitPipeline#write} does
   */
  Drafts make() {
    SeenTable table = files.look(request.spine(), this::asked);
    TimeColumn asked = table.time().orElseThrow();
    List<String> id = request.id().stream().map(name -> table.column("--id", name).name()).toList();
    requireDays(table, asked);
    requireUnique(table, asked, id);
    files.startOn(table.span().from());
    KeyTypes keys = new KeyTypes(table);
    DraftLabel label =
        new FindLabel(request, files, dayZone, progress).find(table, asked, id, keys);
    Set<String> later = later(table, id, label);
    List<DraftView> views =
        new FindViews(request, files, dayZone, progress).find(table, asked, later, keys);
    files.tables().forEach(seen -> requireBegun(seen, table));

    Map<String, String> drafts = new LinkedHashMap<>();
    LocalDate until = table.span().to();
    files.tables().forEach(seen -> source(seen, table, id, until, drafts));
    ShareViews share = new ShareViews(request.conf(), defined, progress);
    boolean isSparse = table.usualRows() < SPARSE;
    List<DraftView> named =
        views.stream()
            .map(view -> share.add(view, until, isSparse, drafts, DraftPipeline::rules))
            .toList();
    DraftSpine spine = new DraftSpine(request.name(), table, id, asked, keys.all(), later);
    drafts.put("spines/" + request.name() + ".yaml", spine.text());
    model(spine, label(label, spine, keys, drafts), named, drafts);
    return new Drafts(drafts, table);
  }

  private Optional<TimeColumn> asked(SeenTable seen) {
    return Optional.of(
        TimeColumn.of(
            "--as-of", seen.column("--as-of", request.asOf()), TimeColumn.Use.ASKED, dayZone));
  }

  /** A source that is shared may take old rows for those of its first day, or have no days. */
  private static void requireDays(SeenTable table, TimeColumn asked) {
    if (table.day().isEmpty() || asked.first().isPresent()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --as-of %s: source %s reads %s already, and its days are not those of each row; use another --conf, or change the source"
              .formatted(asked.name(), table.table(), table.location()));
    }
  }

  private void requireUnique(SeenTable table, TimeColumn asked, List<String> id) {
    Column[] columns = id.stream().map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> asking = table.rows().where(col(asked.name()).isNotNull());
    Column isNull = id.stream().map(name -> col(name).isNull()).reduce(Column::or).orElseThrow();
    long nulls = asking.where(isNull).count();
    if (nulls > 0) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use --id %s: it has no value in %,d rows of %s; leave them out, or name another column"
              .formatted(String.join(",", request.id()), nulls, table.location()));
    }

    Row twice =
        asking
            .groupBy(columns)
            .agg(count(lit(1)).as("rows"))
            .where(col("rows").gt(1))
            .agg(count(lit(1)), first(concat_ws(", ", columns), true))
            .head();
    if (twice.getLong(0) > 0) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --id %s: %,d of its values are in several rows of %s, such as %s; name columns that distinguish the rows"
              .formatted(String.join(",", id), twice.getLong(0), table.location(), twice.get(1)));
    }
  }

  /** Columns of the spine's files that are no question: names of rows, and what came true. */
  private Set<String> later(SeenTable table, List<String> id, DraftLabel label) {
    Set<String> later = new LinkedHashSet<>(id);
    if (!label.isOfSpine()) {
      return later;
    }

    later.add(label.column().name());
    label.known().ifPresent(time -> later.add(time.name()));
    long nulls = label.column().nulls();
    table.columns().stream()
        .filter(column -> nulls > 0 && column.nulls() == nulls)
        .forEach(column -> later.add(column.name()));
    progress.say(
        "init",
        "note: all other columns of %s count as known when a row is asked about: %s; take out of spines/%s.yaml what comes later"
            .formatted(
                table.location(),
                String.join(
                    ", ",
                    table.columns().stream()
                        .map(SeenTable.SeenColumn::name)
                        .filter(name -> !later.contains(name))
                        .toList()),
                request.name()));
    return later;
  }

  /** A source that is shared holds nothing of days before its own first one. */
  private static void requireBegun(SeenTable seen, SeenTable spine) {
    boolean isLater =
        seen.files().isEmpty()
            && !seen.days().isEmpty()
            && seen.time().flatMap(TimeColumn::first).isPresent()
            && seen.span().from().isAfter(spine.span().from());
    if (isLater) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot share source %s: it begins on %s, and %s on %s, so that what was known before would be missing; use another --conf, or let the source's 'start' and its view begin earlier"
              .formatted(seen.table(), seen.span().from(), spine.location(), spine.span().from()));
    }
  }

  private void source(
      SeenTable seen,
      SeenTable spine,
      List<String> id,
      LocalDate until,
      Map<String, String> drafts) {
    List<String> keys = seen.table().equals(spine.table()) ? id : List.of();
    boolean lacksSome = !seen.days().isEmpty() && seen.holes(until) > 0;
    if (lacksSome && !seen.isOftenEmpty(until)) {
      progress.say(
          "init",
          "note: %s has %s: are files missing? A run will ask for them"
              .formatted(seen.location(), DraftSource.holes(seen, until)));
    }

    seen.files()
        .ifPresent(
            found ->
                drafts.put(
                    "sources/" + seen.shortName() + ".yaml",
                    DraftSource.text(seen, found, keys, textZone, until)));
  }

  private static String rules(DraftView view) {
    Column[] columns =
        view.features().values().stream()
            .map(feature -> expr(feature.sql()))
            .toArray(Column[]::new);
    Dataset<Row> rows = view.table().rows();
    return view.rules(
        view.table().time().isEmpty()
            ? SuggestedRules.of(rows.select(columns))
            : SuggestedRules.ofDays(
                rows.select(columns), rows, expr(view.table().time().get().day()), columns));
  }

  /**
   * That which is there, if it says the same; else apart from those of others, and from columns.
   */
  private DraftLabel label(
      DraftLabel label, DraftSpine spine, KeyTypes keys, Map<String, String> drafts) {
    Set<String> taken =
        new TreeSet<>(defined.map(there -> there.labels().keySet()).orElse(Set.of()));
    Set<String> columns = spine.names();
    DraftLabel plain = label.named(label.name(), keys.all());
    boolean isFree =
        !columns.contains(plain.name()) && !columns.contains(plain.name() + "_known_at");
    if (isFree
        && SameText.isThere(request.conf(), "labels/" + plain.name() + ".yaml", plain.text())) {
      progress.say("init", "label " + plain.name() + " is there already and is shared");
      return plain;
    }

    taken.addAll(columns);
    String name =
        isFree && !taken.contains(plain.name())
            ? plain.name()
            : Words.free(Words.word(request.name() + "_" + plain.name()), taken);
    DraftLabel own = label.named(name, keys.all());
    drafts.put("labels/" + name + ".yaml", own.text());
    progress.say("init", own.said());
    return own;
  }

  private void model(
      DraftSpine spine, DraftLabel label, List<DraftView> views, Map<String, String> drafts) {
    List<String> numeric = new ArrayList<>(spine.numeric());
    List<String> categorical = new ArrayList<>(spine.categorical());
    views.forEach(view -> numeric.addAll(view.numeric()));
    views.forEach(view -> categorical.addAll(view.categorical()));
    TimeSplit split = TimeSplit.of(spine.table().span(), label.lastKnown(), label.days());
    String name = request.name();
    drafts.put("gate/" + name + ".yaml", DraftModel.gate(name, split));
    drafts.put("scoring/" + name + ".yaml", DraftModel.scoring(name, spine.table().usualRows()));
    drafts.put("monitoring/" + name + ".yaml", DraftModel.monitoring(name, label.days()));
    drafts.put(
        "schedule/" + name + ".crontab",
        DraftModel.schedule(name, request.home(), request.conf(), dayZone));
    drafts.put(
        "training/" + name + ".yaml",
        DraftModel.training(
            name,
            label.name(),
            views.stream().map(DraftView::name).toList(),
            numeric,
            categorical,
            split,
            label.days(),
            spine.table().count()));
  }
}
