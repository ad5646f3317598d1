package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;

/**
 * The lake: a directory (or URI) of Delta tables, by qualified name. Rooms read tables by path, so
 * that no metastore is needed to compute; the metastore is for people.
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class Lake {
  private final SparkSession spark;
  private final String root;
  private final ZoneId dayZone;
  private final LakeLogs logs;

  /**
   * Names a lake; nothing is created.
   *
   * @param root directory or URI without a slash at the end
   * @param dayZone zone of the days that partition tables
   */
  public Lake(SparkSession spark, String root, ZoneId dayZone) {
    this.spark = requireNonNull(spark, "spark is null");
    this.root = requireNonNull(root, "root is null");
    this.dayZone = requireNonNull(dayZone, "dayZone is null");
    this.logs = new LakeLogs(root, LogStorage.of(spark));
  }

  /** The session that tables are read with. */
  public SparkSession spark() {
    return spark;
  }

  /** The logs of the tables. */
  public LakeLogs logs() {
    return logs;
  }

  /** The lake's directory or URI. */
  public String root() {
    return root;
  }

  /** The zone of the days. */
  public ZoneId dayZone() {
    return dayZone;
  }

  /** Where a table lies: {@code raw.flights} in {@code <root>/warehouse/raw.db/flights}. */
  public String path(String table) {
    return logs.path(table);
  }

  /** All tables that lie in the lake, by name, whether or not a definition names them. */
  public List<String> tables() {
    List<String> tables = new ArrayList<>();
    Path warehouse = new Path(root, "warehouse");
    try {
      FileSystem files = warehouse.getFileSystem(spark.sessionState().newHadoopConf());
      for (FileStatus database : directories(files, warehouse)) {
        String name = database.getPath().getName();
        if (name.endsWith(LakeLogs.DATABASE_SUFFIX)) {
          String prefix =
              name.substring(0, name.length() - LakeLogs.DATABASE_SUFFIX.length()) + ".";
          for (FileStatus table : directories(files, database.getPath())) {
            if (files.exists(new Path(table.getPath(), "_delta_log"))) {
              tables.add(prefix + table.getPath().getName());
            }
          }
        }
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot list the tables in "
              + warehouse
              + ": "
              + e
              + "; check whether its storage answers",
          e);
    }

    tables.sort(null);
    return tables;
  }

  private static List<FileStatus> directories(FileSystem files, Path parent) throws IOException {
    return files.exists(parent)
        ? Arrays.stream(files.listStatus(parent)).filter(FileStatus::isDirectory).toList()
        : List.of();
  }

  /** Where output waits for its audit. */
  public String stagingPath(String object, String what) {
    return root + "/staging/" + object + "/" + what;
  }

  /** True where the table has been created. */
  public boolean exists(String table) {
    return current(table).isPresent();
  }

  /** The newest version; empty where there is no such table. */
  public Optional<TableVersion> current(String table) {
    OptionalLong version = logs.of(table).newest();
    return version.isPresent()
        ? Optional.of(new TableVersion(table, path(table), version.getAsLong()))
        : Optional.empty();
  }

  /**
   * The newest version, or an error of category INPUT_MISSING that says which room makes the table.
   */
  public TableVersion require(String table, String madeBy) {
    return current(table)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.INPUT_MISSING,
                    "Cannot read "
                        + table
                        + ": it does not exist yet; run `millrace "
                        + madeBy
                        + "` first"));
  }

  /** The rows of a pinned version. */
  public Dataset<Row> read(TableVersion table) {
    return PinnedSnapshot.of(spark, table)
        .map(PinnedSnapshot::rows)
        .orElseGet(
            () ->
                spark
                    .read()
                    .format("delta")
                    .option("versionAsOf", table.version())
                    .load(table.path()));
  }

  /** The first instant of a day. */
  public Instant startOf(LocalDate day) {
    return day.atStartOfDay(dayZone).toInstant();
  }

  /** The first instant after the last day. */
  public Instant endOf(DayRange days) {
    return startOf(days.to().plusDays(1));
  }

  /**
   * SQL condition for the rows of some days: literal dates, so that Delta prunes and commits on
   * other days do not conflict.
   */
  public static String inDays(String column, DayRange days) {
    return "`"
        + column
        + "` >= DATE'"
        + days.from()
        + "' AND `"
        + column
        + "` <= DATE'"
        + days.to()
        + "'";
  }
}
