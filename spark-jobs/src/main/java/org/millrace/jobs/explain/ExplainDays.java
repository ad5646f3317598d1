package org.millrace.jobs.explain;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Task;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.explain.shap.ShapColumns;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.prediction.PublishedDay;
import org.millrace.jobs.prediction.VersionRows;
import org.millrace.jobs.room.DayCounts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Explains all predictions of days: of each row the inputs that move its raw score most, as a table
 * of the model, {@code explanations.<model>}, replaced day by day. Contributions are exact
 * TreeSHAP.
 *
 * <p>Placement: driver; contributions are computed on the executors, one session of ONNX Runtime
 * each for what comes before the trees.
 */
public final class ExplainDays implements Room<ExplainDays.Result> {
  /** What moves the raw score most, ARRAY of STRUCT of feature and contribution. */
  private static final String TOP = "top_features";

  private final JobContext context;
  private final RunKey runKey;
  private final int top;

  /**
   * Prepares the room for the model and the days that the run key names.
   *
   * @param top how many inputs are kept for each row
   */
  public ExplainDays(JobContext context, RunKey runKey, int top) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.top = top;
  }

  /**
   * What was explained.
   *
   * @param table where it is
   * @param rowsByDay rows, by day
   */
  public record Result(TableVersion table, Map<LocalDate, Long> rowsByDay) implements RoomResult {
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
      return "Explained %,d predictions of %d days in %s"
          .formatted(rows().accepted(), rowsByDay.size(), table);
    }

    @Override
    public Map<String, Long> written() {
      return Map.of(table.table(), rows().accepted());
    }

    @Override
    public Map<String, String> versions() {
      return Map.of(table.table(), Long.toString(table.version()));
    }
  }

  @Override
  public Verb verb() {
    return Verb.EXPLAIN;
  }

  /**
   * Explains day by day; a day that is there already is replaced.
   *
   * @throws MillraceException of category INPUT_MISSING if a day is not published, or it is unknown
   *     what it was made from; DATA_CONTRACT if the version has no trees that are covered, or knows
   *     several classes
   */
  @Override
  public Result run(Lease lease) {
    if (context.pipeline().training().task() == Task.MULTICLASS) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot explain all rows of %s: contributions are parts of one raw score, and a model of several classes has one for each class; `millrace explain %s --date DAY --key ID=...` shows inputs and facts of one row"
              .formatted(runKey.pipeline(), runKey.pipeline()));
    }

    // all days are looked up before any is written
    List<PublishedDay> days =
        runKey.days().days().stream().map(day -> PublishedDay.of(context, day)).toList();
    Map<LocalDate, Long> rows = new LinkedHashMap<>();
    TableVersion written = explain(days.get(0), rows, lease);
    for (PublishedDay day : days.subList(1, days.size())) {
      written = explain(day, rows, lease);
    }

    return new Result(written, rows);
  }

  private TableVersion explain(PublishedDay day, Map<LocalDate, Long> rows, Lease lease) {
    TableVersion written = write(day, lease);
    long count =
        context
            .lake()
            .read(written)
            .where(col(day.features().definition().day()).equalTo(lit(day.day())))
            .count();
    rows.put(day.day(), count);
    context
        .progress()
        .say(
            verb().word(),
            "%s: %,d rows of %s in %s"
                .formatted(day.day(), count, day.champion().version(), written));
    return written;
  }

  private TableVersion write(PublishedDay day, Lease lease) {
    SpineDefinition spine = day.features().definition();
    String table = LedgerObjects.explanations(runKey.pipeline());
    return new TableWriter(
            context.lake(),
            table,
            "What moves each prediction of " + runKey.pipeline() + " most",
            comments(spine),
            Optional.of(spine.day()))
        .fencedBy(lease.fence(table, day.range().days()))
        .replaceDaysAddingColumns(
            DayCounts.oneFileADay(rows(day.day(), spine), spine.day(), day.range()),
            day.range(),
            context.note(runKey, day.entry().fingerprint(), day.pins().all()));
  }

  private Dataset<Row> rows(LocalDate date, SpineDefinition spine) {
    return VersionRows.of(context, date).stream()
        .map(part -> rows(part, spine))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private Dataset<Row> rows(VersionRows part, SpineDefinition spine) {
    PublishedDay day = part.day();
    List<String> keep = new ArrayList<>(spine.id());
    keep.add(spine.day());
    ContractViews needed = day.needed();
    TrainingCovers.Counted counted =
        new TrainingCovers(context)
            .of(day.champion().version(), needed.contract(), day.scoring(context, List.of()));
    ShapColumns columns = ShapColumns.of(day.scoring(context, keep), counted.covers());
    Dataset<Row> explained = columns.apply(day.join(part.spine(context)));
    List<Column> selected = new ArrayList<>();
    keep.forEach(column -> selected.add(col("`" + column + "`")));
    selected.add(lit(day.champion().version().version()).as(PredictionColumns.MODEL_VERSION));
    selected.add(col(ShapColumns.RAW_SCORE));
    selected.add(col(ShapColumns.BASE));
    selected.add(topOf(columns.featureColumns()).as(TOP));
    return explained.select(selected.toArray(Column[]::new));
  }

  /** A column that is several features of the trees counts as one. */
  private Column topOf(List<String> features) {
    Map<String, Column> sums = new LinkedHashMap<>();
    for (int feature = 0; feature < features.size(); feature++) {
      sums.merge(
          features.get(feature),
          element_at(col(ShapColumns.CONTRIBUTIONS), feature + 1),
          Column::plus);
    }

    List<Column> all = new ArrayList<>();
    sums.forEach(
        (name, sum) ->
            all.add(
                struct(
                    negate(abs(sum)).as("size"), lit(name).as("feature"), sum.as("contribution"))));
    Column sorted = slice(array_sort(array(all.toArray(Column[]::new))), 1, top);
    return transform(
        sorted, part -> struct(part.getField("feature"), part.getField("contribution")));
  }

  private static Map<String, String> comments(SpineDefinition spine) {
    Map<String, String> comments = new LinkedHashMap<>();
    spine.id().forEach(id -> comments.put(id, "Names the row"));
    comments.put(spine.day(), "Local day of the question; partition");
    comments.put(PredictionColumns.MODEL_VERSION, "Version that scored the row");
    comments.put(ShapColumns.RAW_SCORE, "Score before the model's last step");
    comments.put(ShapColumns.BASE, "Raw score that is expected of any row");
    comments.put(TOP, "Inputs by falling size of their contributions to the raw score");
    return comments;
  }
}
