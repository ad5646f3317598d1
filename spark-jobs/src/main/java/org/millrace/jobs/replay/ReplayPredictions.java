package org.millrace.jobs.replay;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.xxhash64;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.model.ClassAnswer;
import org.millrace.jobs.prediction.LookBack;
import org.millrace.jobs.prediction.PublishedDay;
import org.millrace.jobs.prediction.VersionRows;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;

/**
 * Makes the predictions of days again, from the versions of tables and model that the ledger says
 * they were made from, and holds them against those that readers see. Nothing is written.
 *
 * <p>Placement: driver only; one join and one scoring a day.
 */
public final class ReplayPredictions implements Room<ReplayPredictions.Result> {
  private static final String MADE = "millrace_made__";
  private static final String SHOWN = "millrace_shown__";
  private static final String IS_MADE = "millrace_is_made__";
  private static final String IS_SHOWN = "millrace_is_shown__";
  private static final int EXAMPLES = 3;

  private final JobContext context;
  private final RunKey runKey;
  private final LookBack asked;

  /** Prepares the room for the model and the days that the run key names. */
  public ReplayPredictions(JobContext context, RunKey runKey, LookBack asked) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.asked = requireNonNull(asked, "asked is null");
  }

  /**
   * What was compared.
   *
   * @param rowsByDay rows that are equal, by day
   * @param models versions that scored them
   * @param isSample whether not all rows of the days were compared
   */
  public record Result(Map<LocalDate, Long> rowsByDay, List<String> models, boolean isSample)
      implements RoomResult {
    @Override
    public boolean isIdle() {
      return false;
    }

    @Override
    public RowCounts rows() {
      return RowCounts.accepted(rowsByDay.values().stream().mapToLong(Long::longValue).sum());
    }

    @Override
    public String message() {
      return "%,d predictions of %s are bit for bit what %s gives today%s"
          .formatted(
              rows().accepted(),
              rowsByDay.size() == 1
                  ? rowsByDay.keySet().iterator().next()
                  : rowsByDay.size() + " days",
              String.join(", ", models),
              isSample ? "; other rows were not looked at" : "");
    }
  }

  @Override
  public Verb verb() {
    return Verb.REPLAY;
  }

  /**
   * Compares.
   *
   * @throws MillraceException of category DATA_CONTRACT if a row has another score, is not shown or
   *     was not asked; INPUT_MISSING if a day is not published, or what it was made from is gone
   */
  @Override
  public Result run(Lease lease) {
    Map<LocalDate, Long> rows = new LinkedHashMap<>();
    List<String> versions = new ArrayList<>();
    for (LocalDate day : runKey.days().days()) {
      for (VersionRows part : VersionRows.of(context, day)) {
        long equal = replay(part);
        rows.merge(day, equal, Long::sum);
        String version = part.day().champion().version().toString();
        if (!versions.contains(version)) {
          versions.add(version);
        }

        context
            .progress()
            .say(
                verb().word(),
                "%s: %,d rows of %s are equal%s"
                    .formatted(
                        day,
                        equal,
                        version,
                        part.day().hasOtherDefinitions()
                            ? "; the definitions were changed since, without effect on them"
                            : ""));
      }
    }

    return new Result(rows, versions, asked.sample().isPresent());
  }

  private long replay(VersionRows part) {
    PublishedDay day = part.day();
    SpineDefinition spine = day.features().definition();
    List<String> keep = new ArrayList<>(spine.id());
    spine.columns().stream().filter(column -> !keep.contains(column)).forEach(keep::add);
    List<String> classes = day.needed().contract().classes();
    Dataset<Row> made =
        day.scoring(context, keep)
            .output(MADE)
            .apply(day.join(sampled(part.spine(context), spine)))
            .withColumn(MADE, ClassAnswer.made(col(MADE), classes));
    Dataset<Row> shown = part.inForce(context).withColumn(SHOWN, ClassAnswer.shown(classes));
    Dataset<Row> both = compared(made, shown, spine).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Row counts =
          both.agg(count(lit(1)), count_if(not(isEqual())), count_if(col(IS_SHOWN))).first();
      if (counts.getLong(1) > 0) {
        throw different(day, spine, both, counts);
      }

      return counts.getLong(0);
    } finally {
      both.unpersist();
    }
  }

  private Dataset<Row> sampled(Dataset<Row> rows, SpineDefinition spine) {
    if (asked.sample().isEmpty()) {
      return rows;
    }

    Column[] ids = spine.id().stream().map(ReplayPredictions::quoted).toArray(Column[]::new);
    return rows.orderBy(xxhash64(ids)).limit(asked.sample().getAsInt());
  }

  /** Of a sample the shown rows that were not made again are no difference. */
  private Dataset<Row> compared(Dataset<Row> made, Dataset<Row> shown, SpineDefinition spine) {
    List<Column> right = new ArrayList<>();
    spine.id().forEach(id -> right.add(quoted(id).as("shown__" + id)));
    spine.columns().stream()
        .filter(column -> !spine.id().contains(column))
        .forEach(column -> right.add(quoted(column).as("shown__" + column)));
    right.add(col(SHOWN));
    right.add(lit(true).as(IS_SHOWN));
    Dataset<Row> left = made.withColumn(IS_MADE, lit(true));
    Dataset<Row> other = shown.select(right.toArray(Column[]::new));
    Column same =
        spine.id().stream()
            .map(id -> left.col("`" + id + "`").equalTo(other.col("`shown__" + id + "`")))
            .reduce(Column::and)
            .orElseThrow();
    return left.join(other, same, asked.sample().isPresent() ? "left_outer" : "full_outer");
  }

  private static Column isEqual() {
    return col(IS_MADE)
        .isNotNull()
        .and(col(IS_SHOWN).isNotNull())
        .and(col(MADE).eqNullSafe(col(SHOWN)));
  }

  private MillraceException different(
      PublishedDay day, SpineDefinition spine, Dataset<Row> both, Row counts) {
    List<String> examples = new ArrayList<>();
    for (Row row : both.where(not(isEqual())).takeAsList(EXAMPLES)) {
      examples.add(example(row, spine));
    }

    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot replay %s: %,d of %,d rows are not what %s gives from %s: %s%s"
            .formatted(
                day.day(),
                counts.getLong(1),
                counts.getLong(0),
                day.champion().version(),
                day.pins().all(),
                String.join("; ", examples),
                day.hasOtherDefinitions()
                    ? "; the definitions were changed since: those of that day are in the lake as definitions/%s.json"
                        .formatted(day.entry().definitions().orElse("unknown"))
                    : "; someone changed the table of predictions, or a model's file"));
  }

  private static String example(Row row, SpineDefinition spine) {
    boolean isMade = !row.isNullAt(row.fieldIndex(IS_MADE));
    boolean isShown = !row.isNullAt(row.fieldIndex(IS_SHOWN));
    List<String> name = new ArrayList<>();
    spine.id().forEach(id -> name.add(id + "=" + row.getAs(isMade ? id : "shown__" + id)));
    String which = String.join(", ", name);
    if (!isMade || !isShown) {
      return which + (isMade ? " is not shown" : " is shown, and was not asked");
    }

    String input =
        spine.columns().stream()
            .filter(column -> !spine.id().contains(column))
            .filter(column -> !equal(row.getAs(column), row.getAs("shown__" + column)))
            .findFirst()
            .map(
                column ->
                    ", first input that differs: %s %s vs %s"
                        .formatted(column, row.getAs("shown__" + column), row.getAs(column)))
            .orElse(", the spine's columns are equal");
    return "%s is shown with %s vs %s%s"
        .formatted(
            which, ClassAnswer.text(row.getAs(SHOWN)), ClassAnswer.text(row.getAs(MADE)), input);
  }

  private static boolean equal(@Nullable Object one, @Nullable Object other) {
    return Objects.equals(one, other);
  }

  private static Column quoted(String name) {
    return col("`" + name + "`");
  }
}
