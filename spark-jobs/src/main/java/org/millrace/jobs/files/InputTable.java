package org.millrace.jobs.files;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.UnaryOperator;
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
import org.millrace.features.input.InputReader;
import org.millrace.features.input.OpenedInput;
import scala.collection.JavaConverters;

/**
 * An input that was named on the command line, opened. Driver only.
 *
 * @param name as it was given
 * @param rows lazily; of a Delta table that was given by its path, those of one pinned version
 * @param version that version
 * @param places the directories and files that its rows are in
 * @param directories values by column of partition directories
 * @param texts columns whose type was found from texts
 */
record InputTable(
    String name,
    Dataset<Row> rows,
    Optional<Long> version,
    List<Path> places,
    Map<String, SortedSet<String>> directories,
    List<String> texts) {

  /**
   * Opens a table by its name, or files by their path or a pattern.
   *
   * @throws MillraceException INPUT_MISSING where nothing is there; DATA_CONTRACT where what is
   *     there cannot be read as a table
   */
  static InputTable open(SparkSession spark, String name) {
    return open(spark, name, Map.of());
  }

  /**
   * The same, with the types of some columns of files.
   *
   * @param columns SQL types by column
   */
  static InputTable open(SparkSession spark, String name, Map<String, String> columns) {
    if (isPath(name)) {
      OpenedInput input = new InputReader(spark, name).open(InputReader.Request.of(name, columns));
      return new InputTable(
          name, input.rows(), input.version(), input.places(), input.directories(), input.texts());
    }

    try {
      Dataset<Row> rows = spark.table(name);
      return new InputTable(name, rows, Optional.empty(), places(rows), Map.of(), List.of());
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

  /** The same input, with other rows. */
  InputTable withRows(Dataset<Row> others) {
    return new InputTable(name, others, version, places, directories, texts);
  }

  /**
   * The column that a name means: the one of exactly that name, else the only one that differs in
   * case alone; the name itself where there is none.
   */
  String column(String asked) {
    return column(asked, name -> name.toLowerCase(Locale.ROOT));
  }

  /**
   * The column that a model's input means, as above; else the only one from whose name converters
   * make the input's, by writing {@code _} for what is no letter, digit or underscore.
   */
  String columnOfInput(String input) {
    String found = column(input);
    return List.of(rows.columns()).contains(found)
        ? found
        : column(input, name -> name.replaceAll("[^A-Za-z0-9_]", "_"));
  }

  private String column(String asked, UnaryOperator<String> spelled) {
    List<String> columns = List.of(rows.columns());
    if (columns.contains(asked)) {
      return asked;
    }

    List<String> alike =
        columns.stream().filter(name -> spelled.apply(name).equals(spelled.apply(asked))).toList();
    return alike.size() == 1 ? alike.get(0) : asked;
  }

  private static List<Path> places(Dataset<Row> rows) {
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
            "Cannot read table "
                + name
                + ": "
                + e.getSimpleMessage()
                + "; mend the table, or give its files by their path",
            e);
  }
}
