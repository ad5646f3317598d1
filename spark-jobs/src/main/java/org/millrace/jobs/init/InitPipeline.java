package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;

import java.io.PrintStream;
import java.nio.file.Files;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.lake.Lake;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.validation.SuggestedRules;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Progress;

/**
 * {@code millrace init}: looks at files and writes definitions that run as they are, in one step
 * and only if they pass the check. Nothing that is there is changed.
 *
 * <p>Placement: driver only.
 */
public final class InitPipeline {
  private static final String ROOM = "init";

  private final SparkSession spark;
  private final InitRequest request;
  private final Check check;
  private final Progress progress;
  private final PrintStream out;

  /** What holds definitions against the files that they read. */
  @FunctionalInterface
  public interface Check {
    /** Looks at all definitions; prints what is wrong. */
    JobResult check(Lake lake, Definitions definitions);
  }

  /**
   * Prepares to look.
   *
   * @param out where it is printed what was written
   */
  public InitPipeline(
      SparkSession spark, InitRequest request, Check check, Progress progress, PrintStream out) {
    this.spark = requireNonNull(spark, "spark is null");
    this.request = requireNonNull(request, "request is null");
    this.check = requireNonNull(check, "check is null");
    this.progress = requireNonNull(progress, "progress is null");
    this.out = requireNonNull(out, "out is null");
  }

  /**
   * Writes the definitions.
   *
   * @throws MillraceException DEFINITION if the pipeline is there already, or cannot be made from
   *     what was named; INPUT_MISSING or DATA_CONTRACT if files are not there or cannot be read
   */
  public JobResult write() {
    long start = System.nanoTime();
    Optional<Definitions> defined = defined();
    ZoneId dayZone =
        defined
            .map(there -> there.platform().dayZone())
            .orElseGet(() -> request.zone().orElse(ZoneOffset.UTC));
    ZoneId written = request.zone().orElse(dayZone);
    Lake lake =
        new Lake(spark, request.home().resolve(LakePlace.of(request, defined)).toString(), dayZone);
    OpenFiles open = new OpenFiles(spark, written, request.nulls());
    try (LookAtFiles files = new LookAtFiles(lake, defined, open, request.home(), progress)) {
      Map<String, String> drafts = new LinkedHashMap<>();
      if (defined.isEmpty()) {
        drafts.put("millrace.yaml", DraftModel.platform(LakePlace.of(request, defined), dayZone));
      }

      DraftSpine spine = drafts(files, defined, dayZone, written, drafts);
      DraftFiles target = new DraftFiles(request.conf(), request.home());
      Optional<JobResult> failed =
          target.write(drafts, definitions -> check.check(lake, definitions));
      return failed.orElseGet(() -> written(drafts, spine, start));
    }
  }

  /** Those that there are; a name that is taken is refused. */
  private Optional<Definitions> defined() {
    if (!Files.exists(request.conf().resolve("millrace.yaml"))) {
      return Optional.empty();
    }

    Definitions there = Definitions.load(request.conf(), request.home(), new CanonicalSql());
    if (there.training().containsKey(request.name())
        || there.spines().containsKey(request.name())) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot write pipeline %s: %s defines it already; give another name, or delete its files in training/, spines/, gate/, scoring/ and monitoring/ first"
              .formatted(request.name(), request.conf()));
    }

    return Optional.of(there);
  }

  private DraftSpine drafts(
      LookAtFiles files,
      Optional<Definitions> defined,
      ZoneId dayZone,
      ZoneId written,
      Map<String, String> drafts) {
    SeenTable table =
        files.look(
            request.spine(),
            seen ->
                Optional.of(
                    TimeColumn.of(
                        "--as-of",
                        seen.column("--as-of", request.asOf()),
                        TimeColumn.Use.ASKED,
                        dayZone)));
    TimeColumn asked = table.time().orElseThrow();
    List<String> id = request.id().stream().map(name -> table.column("--id", name).name()).toList();
    requireUnique(table, asked, id);
    files.startOn(table.span().from());
    KeyTypes keys = new KeyTypes(table);
    DraftLabel label =
        new FindLabel(request, files, dayZone, progress).find(table, asked, id, keys);
    Set<String> later = new LinkedHashSet<>(id);
    if (label.table().table().equals(table.table())) {
      later.add(label.column().name());
    }

    List<FindViews.Joined> views =
        new FindViews(request, defined, files, dayZone, progress).find(table, asked, later, keys);
    DraftSpine spine = new DraftSpine(request.name(), table, id, asked, keys.all(), later);
    LocalDate lastKnown = label.hasTime() ? label.table().span().to() : table.span().to();
    TimeSplit split = TimeSplit.of(table.span(), lastKnown, label.days());
    files.tables().forEach(seen -> source(seen, table, id, written, drafts));
    views.forEach(view -> view.draft().ifPresent(draft -> view(draft, drafts)));
    drafts.put("spines/" + request.name() + ".yaml", spine.text());
    String labelName = label(label, defined, drafts);
    model(spine, labelName, views, split, label.days(), dayZone, drafts);
    return spine;
  }

  private static void source(
      SeenTable seen, SeenTable spine, List<String> id, ZoneId zone, Map<String, String> drafts) {
    seen.files()
        .ifPresent(
            files ->
                drafts.put(
                    "sources/" + seen.shortName() + ".yaml",
                    DraftSource.text(
                        seen, files, seen.table().equals(spine.table()) ? id : List.of(), zone)));
  }

  private void view(DraftView draft, Map<String, String> drafts) {
    Column[] columns =
        draft.features().values().stream()
            .map(feature -> expr(feature.sql()))
            .toArray(Column[]::new);
    progress.say(ROOM, "view " + draft.name() + ": looking for rules that its rows keep");
    Dataset<Row> rows = draft.table().rows().select(columns);
    drafts.put("features/" + draft.name() + ".yaml", draft.text());
    drafts.put("validation/" + draft.name() + ".dqdl", draft.rules(SuggestedRules.of(rows)));
  }

  /** Another pipeline may have the same label; another label may have the same name. */
  private String label(
      DraftLabel label, Optional<Definitions> defined, Map<String, String> drafts) {
    Set<String> taken = defined.map(there -> there.labels().keySet()).orElse(Set.of());
    String name = taken.contains(label.name()) ? request.name() + "_" + label.name() : label.name();
    DraftLabel named =
        new DraftLabel(
            name,
            label.spine(),
            label.asked(),
            label.id(),
            label.table(),
            label.column(),
            label.value(),
            label.days(),
            label.absent(),
            label.keys());
    drafts.put("labels/" + name + ".yaml", named.text());
    return name;
  }

  private void model(
      DraftSpine spine,
      String label,
      List<FindViews.Joined> views,
      TimeSplit split,
      int labelDays,
      ZoneId zone,
      Map<String, String> drafts) {
    List<String> numeric = new ArrayList<>(spine.numeric());
    List<String> categorical = new ArrayList<>(spine.categorical());
    views.forEach(view -> numeric.addAll(view.numeric()));
    views.forEach(view -> categorical.addAll(view.categorical()));
    String name = request.name();
    drafts.put(
        "training/" + name + ".yaml",
        DraftModel.training(
            name,
            label,
            views.stream().map(FindViews.Joined::name).toList(),
            numeric,
            categorical,
            split,
            labelDays,
            spine.table().count()));
    drafts.put("gate/" + name + ".yaml", DraftModel.gate(name, split));
    drafts.put("scoring/" + name + ".yaml", DraftModel.scoring(name, spine.table().usualRows()));
    drafts.put("monitoring/" + name + ".yaml", DraftModel.monitoring(name, labelDays));
    drafts.put(
        "schedule/" + name + ".crontab",
        DraftModel.schedule(name, request.home().toString(), request.conf().toString(), zone));
  }

  private static void requireUnique(SeenTable table, TimeColumn asked, List<String> id) {
    Column[] columns = id.stream().map(name -> col(name)).toArray(Column[]::new);
    Row twice =
        table
            .rows()
            .where(col(asked.name()).isNotNull())
            .groupBy(columns)
            .agg(count(lit(1)).as("rows"))
            .where(col("rows").gt(1))
            .agg(count(lit(1)), first(columns[0].cast("string"), true))
            .head();
    if (twice.getLong(0) > 0) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --id %s: %,d of its values stand in several rows of %s, such as %s; name columns that tell the rows apart"
              .formatted(String.join(",", id), twice.getLong(0), table.location(), twice.get(1)));
    }
  }

  private JobResult written(Map<String, String> drafts, DraftSpine spine, long start) {
    String conf = CommandText.conf(request);
    out.printf("Wrote %d files in %s%n", drafts.size(), request.conf());
    drafts.keySet().forEach(file -> out.println("  " + file));
    out.printf(
        "The definitions fit the data. Look at them, then:%n  bin/millrace run %s%s --from %s --to %s%n  bin/millrace sql%s -e \"SELECT * FROM %s_current LIMIT 10\"%n",
        request.name(),
        conf,
        spine.table().span().from(),
        spine.table().span().to(),
        conf,
        request.name());
    out.flush();
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("files", (long) drafts.size());
    counts.put("rows_in", spine.table().count());
    return JobResult.done(
        ROOM,
        "Wrote pipeline %s into %s".formatted(request.name(), request.conf()),
        counts,
        Map.of(),
        JobContext.secondsSince(start));
  }
}
