package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.delta.DeltaConcurrentModificationException;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import scala.Option;

/**
 * Writes a Delta table: creates it with its comments, replaces days or the whole, appends. Each
 * write is one transaction that carries its note, is guarded by the fence, and returns the version
 * that holds it.
 *
 * <p>Every write can end with a {@link MillraceException}: BUSY if a conflicting writer came first
 * or the lease was taken over, EXTERNAL if the storage failed and it is certain that nothing was
 * written, PUBLISH_STATE_UNKNOWN if that is not certain, DATA_CONTRACT if a row lies outside of
 * what is replaced.
 *
 * <p>Placement: driver only.
 */
public final class TableWriter {
  /**
   * How long former versions and the notes of commits can be read: training sets and models name
   * the versions that they were made from. Delta's own 30 and 7 days are too short for it.
   */
  private static final String RETENTION = "interval 400 days";

  private static final String CREATION = " as a new table";

  private final Lake lake;
  private final String table;
  private final TableDescription description;
  private final Optional<String> dayColumn;
  private final Fence fence;
  private final WriteFailures failures;

  /**
   * Describes the table to write; nothing is touched yet.
   *
   * @param comment what a row is
   * @param columns comments of columns, by name; columns without one are allowed
   * @param dayColumn DATE column that partitions the table; empty for none
   */
  public TableWriter(
      Lake lake,
      String table,
      String comment,
      Map<String, String> columns,
      Optional<String> dayColumn) {
    this(lake, table, TableDescription.of(comment, columns), dayColumn);
  }

  /** The same for a table that a definition describes. */
  public TableWriter(
      Lake lake, String table, TableDescription description, Optional<String> dayColumn) {
    this(lake, table, description, dayColumn, Fence.NONE);
  }

  private TableWriter(
      Lake lake,
      String table,
      TableDescription description,
      Optional<String> dayColumn,
      Fence fence) {
    this.lake = requireNonNull(lake, "lake is null");
    this.table = requireNonNull(table, "table is null");
    this.description = requireNonNull(description, "description is null");
    this.dayColumn = requireNonNull(dayColumn, "dayColumn is null");
    this.fence = requireNonNull(fence, "fence is null");
    this.failures = new WriteFailures(table, fence);
  }

  /**
   * A writer of the same table whose commits carry these numbers. A commit fails with BUSY if the
   * table records a greater number for one of the ids, or if another commit records any number for
   * one of them meanwhile.
   */
  public TableWriter fencedBy(Fence numbers) {
    return new TableWriter(lake, table, description, dayColumn, numbers);
  }

  /**
   * Records fencing numbers without any rows, so that holders of smaller ones publish nothing.
   *
   * @return the version that records them; empty if the table does not exist, when there is nothing
   *     to guard yet
   */
  public Optional<TableVersion> takeFence(Fence numbers, CommitNote note) {
    if (!lake.exists(table)) {
      return Optional.empty();
    }

    TableTransaction transaction =
        fencedBy(numbers).transaction("", SaveMode.Append, Map.of(), note);
    return Optional.of(guarded("", transaction::commitFence));
  }

  /**
   * Gives a table that is there this writer's description, in a commit that touches no row.
   *
   * @return the version that has it since; empty if the table had it already, or does not exist
   */
  public Optional<TableVersion> describe(CommitNote note) {
    if (!lake.exists(table)) {
      return Optional.empty();
    }

    String what = " to describe it";
    OptionalLong version =
        failures.translating(
            what,
            () ->
                transaction(what, SaveMode.Append, Map.of(), note).commitDescription(description));
    return version.isPresent() ? Optional.of(version(version.getAsLong())) : Optional.empty();
  }

  /**
   * Replaces the rows of some days, all in one commit; rows of other days stay.
   *
   * @param rows every row lies on one of the days, or nothing is written
   */
  public TableVersion replaceDays(Dataset<Row> rows, DayRange days, CommitNote note) {
    return replace(rows, List.of(days), Map.of(), note);
  }

  /** Replaces days; columns that the table does not have yet are added, null in other rows. */
  public TableVersion replaceDaysAddingColumns(Dataset<Row> rows, DayRange days, CommitNote note) {
    return replaceDaysAddingColumns(rows, List.of(days), note);
  }

  /** The same for days with holes between them; a day in a hole stays as it is. */
  public TableVersion replaceDaysAddingColumns(
      Dataset<Row> rows, List<DayRange> days, CommitNote note) {
    return replace(description.describe(rows), days, Map.of("mergeSchema", "true"), note);
  }

  private TableVersion replace(
      Dataset<Row> rows, List<DayRange> days, Map<String, String> options, CommitNote note) {
    String day =
        dayColumn.orElseThrow(() -> new IllegalStateException(table + " has no day column"));
    if (days.isEmpty()) {
      throw new IllegalArgumentException("Cannot replace days of " + table + ": no day was given");
    }

    // literal days: Delta prunes by them, and commits on other days do not conflict
    String condition =
        days.stream().map(range -> Lake.inDays(day, range)).collect(Collectors.joining(") OR ("));
    Map<String, String> all = new HashMap<>(options);
    all.put("replaceWhere", "(" + condition + ")");
    String named = days.stream().map(DayRange::toString).collect(Collectors.joining(", "));
    createIfAbsent(rows.schema(), note);
    return write(rows, " for " + named, SaveMode.Overwrite, all, note);
  }

  /** Replaces all rows, and the schema where it changed, in one commit. */
  public TableVersion replaceAll(Dataset<Row> rows, CommitNote note) {
    createIfAbsent(rows.schema(), note);
    // without their comments the columns of the new schema would lose those of the old one
    Dataset<Row> described = description.describe(rows);
    return write(described, "", SaveMode.Overwrite, Map.of("overwriteSchema", "true"), note);
  }

  /** Adds rows in one commit. */
  public TableVersion append(Dataset<Row> rows, CommitNote note) {
    createIfAbsent(rows.schema(), note);
    return write(rows, "", SaveMode.Append, Map.of(), note);
  }

  /**
   * Adds rows if nothing changed the table's data after a version, in one commit: compare and set.
   * Columns that the table does not have yet are added, null in other rows.
   *
   * @param expectedVersion the version that the caller judged by; -1 for an absent table, which
   *     this commit then creates
   * @throws LostRaceException if rows were added or removed after {@code expectedVersion}, or the
   *     table does not have that version; nothing was written
   */
  public TableVersion appendAt(Dataset<Row> rows, long expectedVersion, CommitNote note) {
    String what = " after version " + expectedVersion;
    while (true) {
      try {
        long version =
            transaction(
                    what,
                    SaveMode.Append,
                    Map.of("mergeSchema", "true"),
                    note,
                    Option.apply(description.newSchema(rows.schema())))
                .commit(
                    rows,
                    delta -> {
                      failures.requireUnchanged(log(), expectedVersion, delta.readVersion(), null);
                      delta.readWholeTable();
                    });
        return version(version);
      } catch (io.delta.exceptions.ConcurrentTransactionException e) {
        throw failures.lostLease(what, e);
      } catch (DeltaConcurrentModificationException e) {
        // a commit that moves no data, such as a compaction, conflicts too: then again
        failures.requireUnchanged(log(), expectedVersion, log().newest().orElse(-1), e);
      }
    }
  }

  /**
   * Replaces all rows, and the schema where it changed, if nothing changed the table's data after a
   * version that the rows were made from; in one commit.
   *
   * @throws LostRaceException if another run changed the table's data; nothing was written
   */
  public TableVersion replaceAllAt(Dataset<Row> rows, long expectedVersion, CommitNote note) {
    TableTransaction transaction =
        transaction("", SaveMode.Overwrite, Map.of("overwriteSchema", "true"), note);
    return guarded(
        "",
        () ->
            transaction.commit(
                description.describe(rows),
                delta -> {
                  failures.requireUnchanged(log(), expectedVersion, delta.readVersion(), null);
                  delta.readWholeTable();
                }));
  }

  private TableVersion write(
      Dataset<Row> rows, String what, SaveMode mode, Map<String, String> options, CommitNote note) {
    TableTransaction transaction = transaction(what, mode, options, note);
    return guarded(what, () -> transaction.commit(rows, delta -> {}));
  }

  private TableTransaction transaction(
      String what, SaveMode mode, Map<String, String> options, CommitNote note) {
    return transaction(what, mode, options, note, Option.empty());
  }

  private TableTransaction transaction(
      String what,
      SaveMode mode,
      Map<String, String> options,
      CommitNote note,
      Option<StructType> schema) {
    List<String> partitions = dayColumn.map(List::of).orElse(List.of());
    return new TableTransaction(
        lake.spark(),
        lake.path(table),
        new TableTransaction.Write(
            what.equals(CREATION) ? table + ".new" : table,
            table + what,
            mode,
            options,
            partitions,
            properties(),
            schema),
        fence,
        note);
  }

  /** Of a table that is made; one that is there keeps its own. */
  private Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>(description.properties());
    properties.put("comment", description.metadata().description());
    properties.put("delta.logRetentionDuration", RETENTION);
    properties.put("delta.deletedFileRetentionDuration", RETENTION);
    return properties;
  }

  private TableVersion guarded(String what, Supplier<Long> commit) {
    return version(failures.translating(what, commit));
  }

  private TableVersion version(long number) {
    return new TableVersion(table, lake.path(table), number);
  }

  private TableLog log() {
    return lake.logs().of(table);
  }

  private void createIfAbsent(StructType schema, CommitNote note) {
    if (lake.exists(table)) {
      return;
    }

    Dataset<Row> none = lake.spark().createDataFrame(List.of(), schema);
    try {
      transaction(
              CREATION,
              SaveMode.Append,
              Map.of(),
              note,
              Option.apply(description.newSchema(schema)))
          .commit(none, delta -> {});
    } catch (DeltaConcurrentModificationException e) {
      // another run may have created it at the same moment
      if (!lake.exists(table)) {
        throw e;
      }
    }
  }
}
