package org.millrace.jobs.tables;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableLog;
import org.millrace.features.lake.TableWriter;

/** {@code ops.runs}: what each start of a room did, and how it ended. Driver only. */
public final class RunsTable {
  private static final StructType SCHEMA =
      new StructType()
          .add("run_key", DataTypes.StringType)
          .add("attempt", DataTypes.StringType)
          .add("pipeline", DataTypes.StringType)
          .add("verb", DataTypes.StringType)
          .add("from_day", DataTypes.DateType)
          .add("to_day", DataTypes.DateType)
          .add("place", DataTypes.IntegerType)
          .add("outcome", DataTypes.StringType)
          .add("exit_code", DataTypes.IntegerType)
          .add("category", DataTypes.StringType)
          .add("message", DataTypes.StringType)
          .add("rows_in", DataTypes.LongType)
          .add("rows_out", DataTypes.LongType)
          .add("seconds", DataTypes.DoubleType)
          .add("result", DataTypes.StringType)
          .add("finished_at", DataTypes.TimestampType);

  private final Lake lake;

  /** The runs of a lake. */
  public RunsTable(Lake lake) {
    this.lake = requireNonNull(lake, "lake is null");
  }

  /**
   * A room that ran.
   *
   * @param verb its word
   * @param rowsIn rows read
   * @param rowsOut rows accepted
   * @param seconds wall seconds
   */
  public record Entry(String verb, long rowsIn, long rowsOut, double seconds) {}

  /** Keeps what rooms of one program did, in one commit. */
  public void append(List<JobResult> results, CommitNote note, Instant finishedAt) {
    List<Row> rows = new ArrayList<>();
    results.forEach(result -> rows.add(row(result, finishedAt)));

    new TableWriter(
            lake,
            OpsTables.RUNS,
            "What each start of a room did, and how it ended",
            Map.of(
                "place",
                "Order of the rooms of one start",
                "category",
                "What a failure means; null if it did not fail",
                "result",
                "The result line, JSON"),
            Optional.empty())
        .append(lake.spark().createDataFrame(rows, SCHEMA).coalesce(1), note);
  }

  private static Row row(JobResult result, Instant finishedAt) {
    return RowFactory.create(
        result.runKey(),
        result.attempt(),
        result.pipeline(),
        result.verb(),
        result.from(),
        result.to(),
        Verb.of(result.verb()).map(Verb::ordinal).orElse(-1),
        result.outcome().name(),
        result.exitCode(),
        result.category() == null ? null : result.category().name(),
        result.message(),
        result.counts().get("rows_in"),
        result.counts().get("rows_out"),
        result.seconds(),
        result.toJsonLine(),
        finishedAt);
  }

  /**
   * The rooms of the newest start for a pipeline that was not refused because another one was at
   * work, in their order. A report is no such room: it shows the others. The newest is the one of
   * the latest commit, whatever the clocks were.
   */
  public List<Entry> newest(String pipeline) {
    Optional<TableVersion> table = lake.current(OpsTables.RUNS);
    if (table.isEmpty()) {
      return List.of();
    }

    Dataset<Row> runs = lake.read(table.get()).where(col("pipeline").equalTo(lit(pipeline)));
    return TableLog.of(lake.spark(), table.get().path())
        .notes(table.get().version())
        .flatMap(note -> CommitNote.parse(note).stream())
        .filter(note -> isOf(pipeline, note))
        .map(note -> rooms(runs, note.attempt()))
        .filter(rooms -> rooms.stream().anyMatch(RunsTable::wasAtWork))
        .findFirst()
        .map(rooms -> rooms.stream().map(RunsTable::entry).toList())
        .orElse(List.of());
  }

  private static boolean isOf(String pipeline, CommitNote note) {
    return RunKey.parse(note.runKey()).filter(key -> key.pipeline().equals(pipeline)).isPresent();
  }

  private static List<Row> rooms(Dataset<Row> runs, String attempt) {
    return runs.where(col("attempt").equalTo(lit(attempt)))
        .where(col("verb").notEqual(Verb.REPORT.word()))
        .orderBy("place")
        .select("verb", "rows_in", "rows_out", "seconds", "category")
        .collectAsList();
  }

  private static boolean wasAtWork(Row room) {
    return !ErrorCategory.BUSY.name().equals(room.getString(4));
  }

  private static Entry entry(Row room) {
    return new Entry(room.getString(0), room.getLong(1), room.getLong(2), room.getDouble(3));
  }
}
