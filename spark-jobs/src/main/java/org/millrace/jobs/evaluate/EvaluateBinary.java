package org.millrace.jobs.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.MillraceException;

/**
 * Compares probabilities with labels that have become known. Driver; Spark groups the rows by
 * score, and the driver reads the groups from the highest score down, one Spark partition at a
 * time: exact, and never all rows in memory.
 */
public final class EvaluateBinary implements Evaluator {
  private static final String DAY = "day";
  private static final String SCORE = "score";
  private static final String ROWS = "rows";
  private static final String POSITIVES = "positives";
  private static final String LABELLED = "labelled";
  private static final String ODD = "odd";

  /**
   * All rows as one slice.
   *
   * @param label column of 0 and 1, numbers or booleans
   * @param score column of probabilities
   * @throws MillraceException DATA_CONTRACT where there is no row, a label is null or neither 0 nor
   *     1, or a score is null, NaN or outside [0, 1]
   */
  @Override
  public BinaryMetrics evaluate(Dataset<Row> rows, String label, String score) {
    ScoreFold fold = new ScoreFold();
    fold(rows, EvaluatedColumn.oneSlice(), label, score, day -> fold);
    if (fold.isEmpty()) {
      throw broken("there is no row, AUC and its like need at least one", score);
    }

    return fold.metrics();
  }

  /**
   * Each day's summary, in one pass.
   *
   * @param day column of type DATE; must not be null
   * @return by day, ascending; days without rows are absent
   * @throws MillraceException DATA_CONTRACT as {@link #evaluate}, except that no rows give no days
   */
  @Override
  public Map<LocalDate, ScoreSummary> evaluateByDay(
      Dataset<Row> rows, String day, String label, String score) {
    EvaluatedColumn evaluated = new EvaluatedColumn(score);
    Map<LocalDate, ScoreFold> folds = new TreeMap<>();
    fold(
        rows,
        evaluated.slice(rows, day),
        label,
        score,
        slice -> folds.computeIfAbsent(evaluated.date(slice, day), key -> new ScoreFold()));
    Map<LocalDate, ScoreSummary> summaries = new TreeMap<>();
    folds.forEach((key, fold) -> summaries.put(key, fold.summary()));
    return summaries;
  }

  private static void fold(
      Dataset<Row> rows, Column day, String label, String score, LongFunction<ScoreFold> folds) {
    Column y = ProfiledColumns.column(rows, label).cast(DataTypes.DoubleType);
    Dataset<Row> groups =
        rows.select(
                day.as(DAY),
                ProfiledColumns.column(rows, score).cast(DataTypes.DoubleType).as(SCORE),
                y.as(LABELLED))
            .groupBy(DAY, SCORE)
            .agg(
                count(lit(1)).as(ROWS),
                sum(when(col(LABELLED).equalTo(1), 1L).otherwise(0L)).as(POSITIVES),
                count(col(LABELLED)).as(LABELLED),
                sum(when(col(LABELLED).isin(0.0, 1.0), 0L).otherwise(1L)).as(ODD))
            .orderBy(col(DAY), col(SCORE).desc());
    for (Iterator<Row> all = groups.toLocalIterator(); all.hasNext(); ) {
      Row group = all.next();
      requireSound(group, label, score);
      folds.apply(group.getLong(0)).add(group.getDouble(1), group.getLong(2), group.getLong(3));
    }
  }

  private static void requireSound(Row group, String label, String score) {
    long count = group.getLong(2);
    if (group.isNullAt(1) || Double.isNaN(group.getDouble(1))) {
      throw broken(count + " rows have no score (null or NaN)", score);
    }

    double value = group.getDouble(1);
    if (value < 0 || value > 1) {
      throw broken(count + " rows have the score " + value + " vs [0, 1]", score);
    }

    if (group.getLong(4) < count) {
      throw broken(
          "column %s is null in %d rows of score %s; evaluate only rows whose label is known"
              .formatted(label, count - group.getLong(4), value),
          score);
    }

    if (group.getLong(5) > 0) {
      throw broken(
          "column %s is neither 0 nor 1 in %d rows of score %s"
              .formatted(label, group.getLong(5), value),
          score);
    }
  }

  private static MillraceException broken(String reason, String score) {
    return new EvaluatedColumn(score).broken(reason);
  }
}
