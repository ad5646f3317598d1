package org.millrace.jobs.rollout;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.RolloutDefinition.Loss;
import org.millrace.jobs.tables.ChallengerColumns;
import org.millrace.jobs.tables.PredictionColumns;
import org.millrace.registry.rollout.ArmDay;
import org.millrace.registry.rollout.LossSums;

/** What rows cost by the score that readers saw. Driver; one Spark job. */
final class RowLoss {
  /** As the evaluation clips probabilities, so that no loss is infinite. */
  private static final double CLIP = 1e-15;

  private static final String ROWS = "rows";
  private static final String SUM = "sum";
  private static final String SQUARES = "squares";
  private static final String MEAN_ROWS = "all_rows";
  private static final String MEAN_SUM = "all_sum";

  private final Loss loss;
  private final String label;

  RowLoss(Loss loss, String label) {
    this.loss = loss;
    this.label = label;
  }

  private Column of(String score) {
    Column given = col(score);
    Column truth = col("`" + label + "`").cast("double");
    return switch (loss) {
      case BRIER, SQUARED_ERROR -> given.minus(truth).multiply(given.minus(truth));
      case ABSOLUTE_ERROR -> abs(given.minus(truth));
      case LOG_LOSS -> {
        Column clipped = least(greatest(given, lit(CLIP)), lit(1 - CLIP));
        yield when(truth.equalTo(1), log(clipped).unary_$minus())
            .otherwise(log(lit(1).minus(clipped)).unary_$minus());
      }
    };
  }

  /**
   * The losses of the rows of each variant, by day.
   *
   * @param isCentred whether the champion's mean loss over all rows of the day is taken off each
   *     row's: a stormy day then costs no version more that had more rows on it
   */
  List<ArmDay> byDay(Dataset<Row> rows, String day, boolean isCentred) {
    Map<LocalDate, ArmDay> days = new TreeMap<>();
    Map<LocalDate, Double> means = isCentred ? means(rows, day) : Map.of();
    Column isChallengers = col(PredictionColumns.VARIANT).equalTo(PredictionColumns.CHALLENGER);
    Column served =
        when(isChallengers, of(ChallengerColumns.CHALLENGER_SCORE))
            .otherwise(of(ChallengerColumns.CHAMPION_SCORE));
    Dataset<Row> grouped =
        rows.withColumn("millrace_loss__", served)
            .groupBy(col("`" + day + "`"), isChallengers.as("is_challengers"))
            .agg(
                count(lit(1)).as(ROWS),
                sum(col("millrace_loss__")).as(SUM),
                sum(col("millrace_loss__").multiply(col("millrace_loss__"))).as(SQUARES));
    for (Row row : grouped.collectAsList()) {
      LocalDate date = row.getLocalDate(0);
      LossSums sums =
          centred(
              new LossSums(row.getLong(2), row.getDouble(3), row.getDouble(4)),
              means.getOrDefault(date, 0.0));
      ArmDay before = days.getOrDefault(date, new ArmDay(date, LossSums.NONE, LossSums.NONE));
      days.put(
          date,
          row.getBoolean(1)
              ? new ArmDay(date, before.control(), sums)
              : new ArmDay(date, sums, before.treatment()));
    }

    return new ArrayList<>(days.values());
  }

  private Map<LocalDate, Double> means(Dataset<Row> rows, String day) {
    Map<LocalDate, Double> means = new TreeMap<>();
    rows.groupBy(col("`" + day + "`"))
        .agg(count(lit(1)).as(MEAN_ROWS), sum(of(ChallengerColumns.CHAMPION_SCORE)).as(MEAN_SUM))
        .collectAsList()
        .forEach(row -> means.put(row.getLocalDate(0), row.getDouble(2) / row.getLong(1)));
    return means;
  }

  private static LossSums centred(LossSums sums, double mean) {
    return new LossSums(
        sums.rows(),
        sums.sum() - sums.rows() * mean,
        sums.squares() - 2 * mean * sums.sum() + sums.rows() * mean * mean);
  }

  /** The losses of each version over all rows, whoever's score readers saw. */
  Map<String, LossSums> everywhere(Dataset<Row> rows) {
    Column champion = of(ChallengerColumns.CHAMPION_SCORE);
    Column challenger = of(ChallengerColumns.CHALLENGER_SCORE);
    Row all =
        rows.agg(
                count(lit(1)),
                sum(champion),
                sum(champion.multiply(champion)),
                sum(challenger),
                sum(challenger.multiply(challenger)))
            .first();
    return Map.of(
        PredictionColumns.CHAMPION,
        new LossSums(all.getLong(0), all.getDouble(1), all.getDouble(2)),
        PredictionColumns.CHALLENGER,
        new LossSums(all.getLong(0), all.getDouble(3), all.getDouble(4)));
  }
}
