package org.millrace.jobs.train;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Causes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.TrainerDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.jobs.fit.ExcludedRows;
import org.millrace.jobs.tables.TrainingSetTable;

/**
 * What a trainer's program is asked, as the JSON file that it is started with. Its form is that of
 * docs/trainers.md: a key may come, and none goes or changes its meaning while {@code schema} is
 * the same.
 *
 * @param schema version of the form
 * @param model to be trained
 * @param task {@code binary}: the score is the probability of label 1; {@code regression}: it is
 *     the label itself; {@code multiclass}: there is a probability for each class
 * @param classes of {@code multiclass} the labels, in the order of the probabilities; else none
 * @param trainingSet where the rows come from
 * @param slice of the training set
 * @param days of the slice
 * @param rows directory of Parquet files: the slice without excluded rows, in the order of their
 *     ids
 * @param day column of the rows' days, DATE
 * @param ids columns that name a row uniquely
 * @param label column of what came true: 0 and 1, finite numbers, or classes
 * @param numeric columns that are numbers
 * @param categorical columns that are texts
 * @param seed for whatever is drawn
 * @param params settings of the trainer's own
 * @param output directory for what it makes
 */
record TrainingRequest(
    int schema,
    String model,
    String task,
    List<String> classes,
    TableVersion trainingSet,
    String slice,
    DayRange days,
    Path rows,
    String day,
    List<String> ids,
    String label,
    List<String> numeric,
    List<String> categorical,
    int seed,
    Map<String, String> params,
    Path output) {
  private static final int SCHEMA = 1;

  /** The request of a pipeline's trainer, in a directory that holds nothing else. */
  static TrainingRequest of(
      Pipeline pipeline, TrainerDefinition trainer, TableVersion set, Path directory) {
    TrainingDefinition training = pipeline.training();
    return new TrainingRequest(
        SCHEMA,
        training.model(),
        training.task().word(),
        training.classes(),
        set,
        TrainingSetTable.TRAINING,
        pipeline.trainedDays(),
        directory.resolve("rows"),
        pipeline.spine().day(),
        pipeline.spine().id(),
        pipeline.labelColumns().label(),
        training.numeric(),
        training.categorical(),
        trainer.seed(),
        trainer.params(),
        directory.resolve("output"));
  }

  /**
   * Writes the rows, the file and an empty directory for the output.
   *
   * @param slice all rows of the slice
   * @param definition which says what is excluded
   * @return the file
   */
  Path write(Dataset<Row> slice, TrainingDefinition definition) {
    Column excluded = ExcludedRows.of(slice.sparkSession(), definition);
    slice
        .where(not(excluded))
        .drop(TrainingSetTable.SLICE)
        .orderBy(ids.stream().map(id -> col("`" + id + "`")).toArray(Column[]::new))
        .write()
        .parquet(hadoop(rows));
    try {
      Files.createDirectories(output);
      return Files.writeString(output.resolveSibling("request.json"), Json.write(shown()));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot write in " + output + ": " + Causes.words(e), e);
    }
  }

  /** As Spark reads it: a space is a space. */
  private static String hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri()).toString();
  }

  /** Paths and days as texts, whatever the JSON of this release makes of their types. */
  private Map<String, Object> shown() {
    return Map.ofEntries(
        Map.entry("schema", schema),
        Map.entry("model", model),
        Map.entry("task", task),
        Map.entry("classes", classes),
        Map.entry(
            "training_set",
            Map.of(
                "table",
                trainingSet.table(),
                "path",
                trainingSet.path(),
                "version",
                trainingSet.version())),
        Map.entry("slice", slice),
        Map.entry("days", Map.of("from", days.from().toString(), "to", days.to().toString())),
        Map.entry("rows", rows.toString()),
        Map.entry("day", day),
        Map.entry("ids", ids),
        Map.entry("label", label),
        Map.entry("numeric", numeric),
        Map.entry("categorical", categorical),
        Map.entry("seed", seed),
        Map.entry("params", params),
        Map.entry("output", output.toString()));
  }

  /** The same for programs that read no JSON. */
  Map<String, String> variables(Path file) {
    return Map.of(
        "MILLRACE_REQUEST", file.toString(),
        "MILLRACE_ROWS", rows.toString(),
        "MILLRACE_OUTPUT", output.toString(),
        "MILLRACE_TRAINING_SET", trainingSet.path(),
        "MILLRACE_TRAINING_SET_VERSION", Long.toString(trainingSet.version()),
        "MILLRACE_LABEL", label,
        "MILLRACE_SEED", Integer.toString(seed),
        "PYTHONUNBUFFERED", "1");
  }
}
