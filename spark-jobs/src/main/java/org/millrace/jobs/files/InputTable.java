package org.millrace.jobs.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.catalog.HiveTableRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.lake.TableLog;
import scala.collection.JavaConverters;

/**
 * An input that was named on the command line, opened. Driver only.
 *
 * @param name as it was given
 * @param rows lazily; of a Delta table, those of one pinned version
 * @param version the pinned version of a Delta table that was given by its path
 */
record InputTable(String name, Dataset<Row> rows, Optional<Long> version) {

  /**
   * Opens a table by its name, or a path: a Delta table where there is a Delta log, else Parquet
   * files.
   *
   * @throws MillraceException INPUT_MISSING where nothing is there; DATA_CONTRACT where what is
   *     there cannot be read as a table
   */
  static InputTable open(SparkSession spark, String name) {
    try {
      return isPath(name)
          ? openPath(spark, name)
          : new InputTable(name, spark.table(name), Optional.empty());
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot look for " + name + ": " + e, e);
    } catch (Exception e) { // Spark's checked AnalysisException is not declared in Java
      if (e instanceof AnalysisException analysis) {
        throw unreadable(name, analysis);
      }

      throw e;
    }
  }

  /** The paths among names of inputs. */
  static List<Path> paths(String... names) {
    return Arrays.stream(names).filter(InputTable::isPath).map(Path::new).toList();
  }

  /** The directories and files that its rows are in, also of a table that was given by its name. */
  List<Path> places() {
    List<Path> places = new ArrayList<>();
    LogicalPlan plan = rows.queryExecution().analyzed();
    for (LogicalPlan leaf : JavaConverters.seqAsJavaList(plan.collectLeaves())) {
      if (leaf instanceof LogicalRelation relation
          && relation.relation() instanceof HadoopFsRelation files) {
        places.addAll(JavaConverters.seqAsJavaList(files.location().rootPaths()));
      } else if (leaf instanceof HiveTableRelation table) {
        places.add(new Path(table.tableMeta().location()));
      }
    }

    return places;
  }

  /** True for what only a table's name needs: a metastore. */
  static boolean isPath(String name) {
    return name.startsWith("/") || name.contains(":/");
  }

  private static InputTable openPath(SparkSession spark, String name) throws IOException {
    Path path = new Path(name);
    FileSystem files = path.getFileSystem(spark.sessionState().newHadoopConf());
    if (!files.exists(path)) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot read " + name + ": nothing is there; check the path, or wait for its producer");
    }

    if (files.exists(new Path(path, "_delta_log"))) {
      long version = TableLog.of(spark, name).newest().orElse(0);
      Dataset<Row> rows = spark.read().format("delta").option("versionAsOf", version).load(name);
      return new InputTable(name, rows, Optional.of(version));
    }

    return new InputTable(name, spark.read().parquet(name), Optional.empty());
  }

  private static MillraceException unreadable(String name, AnalysisException e) {
    boolean absent =
        e.getErrorClass() != null && e.getErrorClass().startsWith("TABLE_OR_VIEW_NOT_FOUND");
    return absent
        ? new MillraceException(
            ErrorCategory.INPUT_MISSING,
            "Cannot read "
                + name
                + ": there is no such table, and no such file here; give a path, or see the tables with `millrace sql -e \"SHOW TABLES\"`",
            e)
        : new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot read " + name + ": expected Parquet files or a Delta table; " + e.getMessage(),
            e);
  }
}
