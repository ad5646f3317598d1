package org.millrace.jobs.model;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * What a model of several classes answers: a probability for each class, of which the most probable
 * one is the prediction, the first of equal ones, as {@code numpy.argmax}. Driver only; stateless,
 * columns are lazy.
 */
public final class ClassAnswer {
  private ClassAnswer() {}

  /** Probability of the predicted class. */
  public static Column score(Column probabilities) {
    return array_max(probabilities);
  }

  /**
   * The predicted class, a text; null where there are more probabilities than classes.
   *
   * @param classes in the order of the probabilities
   */
  public static Column predicted(Column probabilities, List<String> classes) {
    Column position = array_position(probabilities, array_max(probabilities)).minus(1);
    return get(lit(classes.toArray(String[]::new)), position.cast("int"));
  }

  /**
   * Probability that was given to a class; null if it is none of the classes.
   *
   * @param label of the row, a text or a whole number
   */
  public static Column of(Column label, Column probabilities, List<String> classes) {
    return get(probabilities, position(label, classes).cast("int"));
  }

  /**
   * Position of a label among the classes, from 0; -1 if it is none of them, null if it is null.
   */
  public static Column position(Column label, List<String> classes) {
    return array_position(lit(classes.toArray(String[]::new)), label.cast("string")).minus(1);
  }

  /**
   * Rows whose score is one number, with what else belongs to the answer.
   *
   * @param scored rows with a score; of a model of several classes it is the array of probabilities
   * @param classes empty for other models, whose rows stay as they are
   */
  public static Dataset<Row> spread(Dataset<Row> scored, List<String> classes) {
    if (classes.isEmpty()) {
      return scored;
    }

    Column probabilities = col(PredictionColumns.SCORE);
    return scored
        .withColumn(PredictionColumns.PREDICTED, predicted(probabilities, classes))
        .withColumn(PredictionColumns.PROBABILITIES, probabilities)
        .withColumn(PredictionColumns.SCORE, score(probabilities));
  }

  /**
   * All of an answer in one column, to be compared with {@link #shown}.
   *
   * @param answer what a model gave: a number, or the array of probabilities
   * @param classes empty for one number
   */
  public static Column made(Column answer, List<String> classes) {
    return classes.isEmpty()
        ? answer
        : struct(
            score(answer).as(PredictionColumns.SCORE),
            predicted(answer, classes).as(PredictionColumns.PREDICTED),
            answer.as(PredictionColumns.PROBABILITIES));
  }

  /** All of a published answer in one column. */
  public static Column shown(List<String> classes) {
    return classes.isEmpty()
        ? col(PredictionColumns.SCORE)
        : struct(
            col(PredictionColumns.SCORE),
            col(PredictionColumns.PREDICTED),
            col(PredictionColumns.PROBABILITIES));
  }

  /** A value of {@link #made} or {@link #shown} as people read it. */
  public static String text(@Nullable Object answer) {
    return answer instanceof Row several
        ? "%s of %s".formatted(several.getString(1), several.getList(2))
        : String.valueOf(answer);
  }

  /** The numbers of a scored row: one, or a probability for each class. */
  public static List<Double> numbers(Row row, int column) {
    return row.get(column) instanceof Number number
        ? List.of(number.doubleValue())
        : row.<Number>getList(column).stream().map(Number::doubleValue).toList();
  }
}
