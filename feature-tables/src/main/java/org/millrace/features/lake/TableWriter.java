package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import io.delta.tables.DeltaTable;
import io.delta.tables.DeltaTableBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;

/**
 * Writes a Delta table: creates it with its comments, replaces days or the whole, appends; each in
 * one commit, and each commit is looked up in the history afterwards.
 *
 * <p>Placement: driver only.
 */
public final class TableWriter {
  private final Lake lake;
  private final String table;
  private final String description;
  private final Map<String, String> comments;
  private final Optional<String> dayColumn;

  /**
   * Describes the table to write; nothing is touched yet.
   *
   * @param comments comments of columns, by name; columns without one are allowed
   * @param dayColumn DATE column that partitions the table; empty for none
   */
  public TableWriter(
      Lake lake,
      String table,
      String description,
      Map<String, String> comments,
      Optional<String> dayColumn) {
    this.lake = requireNonNull(lake, "lake is null");
    this.table = requireNonNull(table, "table is null");
    this.description = requireNonNull(description, "description is null");
    this.comments = Map.copyOf(comments);
    this.dayColumn = requireNonNull(dayColumn, "dayColumn is null");
  }

  /**
   * Replaces the rows of some days, all in one commit; rows of other days stay.
   *
   * @param rows every row lies on one of the days, or nothing is written
   */
  public TableVersion replaceDays(Dataset<Row> rows, DayRange days, CommitNote note) {
    return commit(rows, replacing(rows, days), note);
  }

  /** The same; columns that the table has not yet are added, null in other rows. */
  public TableVersion replaceDaysAddingColumns(Dataset<Row> rows, DayRange days, CommitNote note) {
    return commit(rows, replacing(rows, days).option("mergeSchema", "true"), note);
  }

  private DataFrameWriter<Row> replacing(Dataset<Row> rows, DayRange days) {
    String day =
        dayColumn.orElseThrow(() -> new IllegalStateException(table + " has no day column"));
    createIfAbsent(rows.schema());
    return rows.write().mode("overwrite").option("replaceWhere", Lake.inDays(day, days));
  }

  /** Replaces the rows for which a condition holds, in one commit. */
  public TableVersion replaceWhere(Dataset<Row> rows, String condition, CommitNote note) {
    createIfAbsent(rows.schema());
    return commit(rows, rows.write().mode("overwrite").option("replaceWhere", condition), note);
  }

  /** Replaces all rows, and the schema where it changed, in one commit. */
  public TableVersion replaceAll(Dataset<Row> rows, CommitNote note) {
    createIfAbsent(rows.schema());
    return commit(rows, rows.write().mode("overwrite").option("overwriteSchema", "true"), note);
  }

  /** Adds rows in one commit. */
  public TableVersion append(Dataset<Row> rows, CommitNote note) {
    createIfAbsent(rows.schema());
    return commit(rows, rows.write().mode("append"), note);
  }

  private TableVersion commit(Dataset<Row> rows, DataFrameWriter<Row> writer, CommitNote note) {
    TableLog log = TableLog.of(lake.spark(), lake.path(table));
    long before = log.newest().orElse(-1);
    dayColumn.ifPresent(writer::partitionBy);
    writer.format("delta").option("userMetadata", note.toJson()).save(lake.path(table));
    // Delta skips some writes silently (an older transaction number): only the log proves that ours
    // is there
    OptionalLong version = log.find(note.toJson(), before);
    if (version.isPresent()) {
      return new TableVersion(table, lake.path(table), version.getAsLong());
    }

    // replacing nothing by nothing makes no commit: the table is as it should be
    if (log.newest().orElse(-1) == before && rows.isEmpty()) {
      return new TableVersion(table, lake.path(table), before);
    }

    throw new MillraceException(
        ErrorCategory.PUBLISH_STATE_UNKNOWN,
        "Cannot find the commit of "
            + note.runKey()
            + " in "
            + table
            + " after version "
            + before
            + "; look at its history before you run it again");
  }

  private void createIfAbsent(StructType schema) {
    if (lake.exists(table)) {
      return;
    }

    DeltaTableBuilder builder =
        DeltaTable.createIfNotExists(lake.spark()).location(lake.path(table)).comment(description);
    for (StructField field : schema.fields()) {
      String comment = comments.get(field.name());
      builder =
          builder.addColumn(
              comment == null
                  ? DeltaTable.columnBuilder(lake.spark(), field.name())
                      .dataType(field.dataType())
                      .nullable(true)
                      .build()
                  : DeltaTable.columnBuilder(lake.spark(), field.name())
                      .dataType(field.dataType())
                      .nullable(true)
                      .comment(comment)
                      .build());
    }

    if (dayColumn.isPresent()) {
      builder = builder.partitionedBy(dayColumn.get());
    }

    builder.execute();
  }
}
