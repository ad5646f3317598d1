package org.millrace.jobs.publish;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.jobs.model.ClassAnswer;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * What staged predictions of several classes must show beside their score: a probability for each
 * class, in [0, 1], with a sum of 1, and the class and the score that follow from them. Driver
 * only.
 */
final class ProbabilityChecks {
  private static final double SUM_TOLERANCE = 1e-3;

  private final List<String> classes;
  private final String day;

  /**
   * Prepares the checks.
   *
   * @param classes in the order of the probabilities; empty for other tasks
   * @param day column of the rows' days
   */
  ProbabilityChecks(List<String> classes, String day) {
    this.classes = List.copyOf(classes);
    this.day = requireNonNull(day, "day is null");
  }

  /**
   * Checks staged rows; one Spark job, and none for other tasks.
   *
   * @return every broken check, with the number of its rows
   */
  List<String> check(Dataset<Row> staged) {
    List<String> failures = new ArrayList<>();
    if (classes.isEmpty()) {
      return failures;
    }

    Column probabilities = col(PredictionColumns.PROBABILITIES);
    Column others = probabilities.isNull().or(size(probabilities).notEqual(classes.size()));
    Column outside = expr("exists(probabilities, x -> x IS NULL OR NOT (x >= 0 AND x <= 1))");
    Column total = expr("aggregate(probabilities, 0D, (s, x) -> s + x)");
    Column follows =
        col(PredictionColumns.SCORE)
            .eqNullSafe(ClassAnswer.score(probabilities))
            .and(
                col(PredictionColumns.PREDICTED)
                    .eqNullSafe(ClassAnswer.predicted(probabilities, classes)));
    for (Row found :
        staged
            .groupBy(col(day))
            .agg(
                count_if(others),
                count_if(outside),
                count_if(not(outside).and(abs(total.minus(1)).gt(SUM_TOLERANCE))),
                count_if(not(follows)))
            .orderBy(col(day))
            .collectAsList()) {
      add(
          failures,
          found,
          1,
          "rows do not have a probability for each of %d classes".formatted(classes.size()));
      add(failures, found, 2, "rows have a probability that is null, NaN or outside [0, 1]");
      add(
          failures,
          found,
          3,
          "rows have probabilities whose sum differs from 1 by more than " + SUM_TOLERANCE);
      add(failures, found, 4, "rows have another class or score than the most probable one");
    }

    return failures;
  }

  private static void add(List<String> failures, Row day, int at, String what) {
    if (day.getLong(at) != 0) {
      failures.add("%s: %d %s, allowed 0".formatted(day.getLocalDate(0), day.getLong(at), what));
    }
  }
}
