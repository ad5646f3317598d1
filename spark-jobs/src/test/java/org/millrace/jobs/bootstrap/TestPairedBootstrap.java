package org.millrace.jobs.bootstrap;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.Task;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.evaluate.Evaluator;
import org.millrace.registry.gate.DifferenceInterval;

final class TestPairedBootstrap {
  private static final SparkSession SPARK = TestSpark.session();
  private static final StructType SCORED =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("day", DataTypes.DateType)
          .add("y", DataTypes.IntegerType)
          .add("a", DataTypes.DoubleType)
          .add("b", DataTypes.FloatType);
  private static final List<SampledMetric> OF_PROBABILITIES =
      List.of(SampledMetric.AUC, SampledMetric.LOG_LOSS, SampledMetric.BRIER);

  /** Scores have ties, within a model and on both sides of 0. */
  private static Dataset<Row> scored(int rows) {
    SplittableRandom random = new SplittableRandom(11);
    List<Row> made = new ArrayList<>();
    for (long id = 0; id < rows; id++) {
      double x = random.nextInt(20) / 20.0;
      made.add(
          RowFactory.create(
              id,
              LocalDate.of(2013, 11, 1 + random.nextInt(5)),
              random.nextDouble() < x ? 1 : 0,
              x,
              (float) (random.nextInt(8) / 8.0)));
    }

    return SPARK.createDataFrame(made, SCORED);
  }

  private static Dataset<Row> pairs(Dataset<Row> scored) {
    return PairedBootstrap.pairs(scored, List.of("id"), "day", "y", "a", "b", List.of());
  }

  private static List<PairedRow> local(Dataset<Row> pairs) {
    return pairs.collectAsList().stream()
        .map(
            row ->
                new PairedRow(
                    row.getLong(0),
                    row.getInt(1),
                    row.getDouble(2),
                    row.getDouble(3),
                    row.getDouble(4)))
        .toList();
  }

  @Test
  void theRowsAsTheyAreHaveTheMetricsOfTheEvaluation() {
    Dataset<Row> scored = scored(500);
    Map<SampledMetric, Resamples> found =
        new PairedBootstrap(100, 1).resample(pairs(scored), OF_PROBABILITIES);
    for (SampledMetric metric : OF_PROBABILITIES) {
      DifferenceInterval interval = interval(found, metric, 0.9);
      assertThat(interval.candidate())
          .isCloseTo(evaluated(Task.BINARY, scored, "a", metric), within(1e-12));
      assertThat(interval.champion())
          .isCloseTo(evaluated(Task.BINARY, scored, "b", metric), within(1e-12));
      assertThat(interval.low()).isLessThan(interval.difference());
      assertThat(interval.high()).isGreaterThan(interval.difference());
    }

    Dataset<Row> numbers = scored.withColumn("y", scored.col("y").cast("double").plus(0.25));
    List<SampledMetric> metrics =
        List.of(SampledMetric.RMSE, SampledMetric.MAE, SampledMetric.WAPE);
    Map<SampledMetric, Resamples> ofNumbers =
        new PairedBootstrap(100, 1).resample(pairs(numbers), metrics);
    for (SampledMetric metric : metrics) {
      assertThat(interval(ofNumbers, metric, 0.9).candidate())
          .isCloseTo(evaluated(Task.REGRESSION, numbers, "a", metric), within(1e-12));
    }
  }

  private static double evaluated(
      Task task, Dataset<Row> scored, String score, SampledMetric metric) {
    return Evaluator.of(task, List.of())
        .evaluate(scored, "y", score)
        .asMap()
        .getOrDefault(metric.word(), Double.NaN);
  }

  private static DifferenceInterval interval(
      Map<SampledMetric, Resamples> found, SampledMetric metric, double confidence) {
    Resamples resamples = found.get(metric);
    assertThat(resamples).as(metric.word()).isNotNull();
    return requireNonNull(resamples).interval(confidence);
  }

  /** All resamples, drawn and added up one by one, with the AUC counted pair by pair. */
  @Test
  void agreesWithResamplesThatAreDrawnOneByOne() {
    Dataset<Row> pairs = pairs(scored(120));
    int resamples = 60;
    List<PairedRow> rows = local(pairs);
    double[][] drawn = new double[rows.size()][resamples + 1];
    PoissonWeights weights = new PoissonWeights(5, resamples);
    for (int row = 0; row < rows.size(); row++) {
      weights.draw(rows.get(row).key(), drawn[row]);
    }

    double[] auc = new double[resamples];
    double[] brier = new double[resamples];
    for (int resample = 1; resample <= resamples; resample++) {
      double[] weight = stratified(rows, drawn, resample);
      auc[resample - 1] =
          auc(rows, weight, PairedRow::candidate) - auc(rows, weight, PairedRow::champion);
      brier[resample - 1] =
          brier(rows, weight, PairedRow::candidate) - brier(rows, weight, PairedRow::champion);
    }

    Map<SampledMetric, Resamples> found =
        new PairedBootstrap(resamples, 5).resample(pairs.repartition(7), OF_PROBABILITIES);
    assertEnds(interval(found, SampledMetric.AUC, 0.8), auc);
    assertEnds(interval(found, SampledMetric.BRIER, 0.8), brier);
  }

  private static void assertEnds(DifferenceInterval interval, double[] differences) {
    double[] sorted = differences.clone();
    Arrays.sort(sorted);
    double at = 0.1 * (sorted.length - 1);
    int below = (int) at;
    assertThat(interval.low())
        .isCloseTo(
            sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]), within(1e-12));
    assertThat(interval.high()).isGreaterThan(interval.low()).isLessThanOrEqualTo(sorted[59]);
  }

  private static double[] stratified(List<PairedRow> rows, double[][] drawn, int resample) {
    double[] weight = new double[rows.size()];
    for (int row = 0; row < weight.length; row++) {
      double all = 0;
      double taken = 0;
      for (int other = 0; other < weight.length; other++) {
        if (rows.get(other).day() == rows.get(row).day()) {
          all++;
          taken += drawn[other][resample];
        }
      }

      weight[row] = taken == 0 ? 0 : drawn[row][resample] * all / taken;
    }

    return weight;
  }

  private static double auc(
      List<PairedRow> rows, double[] weight, ToDoubleFunction<PairedRow> score) {
    double won = 0;
    double all = 0;
    for (int one = 0; one < weight.length; one++) {
      for (int other = 0; other < weight.length; other++) {
        if (rows.get(one).label() == 1 && rows.get(other).label() == 0) {
          double order =
              Double.compare(
                  score.applyAsDouble(rows.get(one)), score.applyAsDouble(rows.get(other)));
          all += weight[one] * weight[other];
          won += weight[one] * weight[other] * (order > 0 ? 1 : order == 0 ? 0.5 : 0);
        }
      }
    }

    return won / all;
  }

  private static double brier(
      List<PairedRow> rows, double[] weight, ToDoubleFunction<PairedRow> score) {
    double sum = 0;
    double all = 0;
    for (int row = 0; row < weight.length; row++) {
      double error = score.applyAsDouble(rows.get(row)) - rows.get(row).label();
      sum += weight[row] * error * error;
      all += weight[row];
    }

    return sum / all;
  }

  @Test
  void drawsAreOfThePoissonDistributionAndFollowFromKeyAndSeedAlone() {
    int resamples = 400;
    PoissonWeights weights = new PoissonWeights(3, resamples);
    double[] one = new double[resamples + 1];
    double[] other = new double[resamples + 1];
    double sum = 0;
    double squares = 0;
    double products = 0;
    int zeros = 0;
    for (long row = 0; row < 500; row++) {
      weights.draw(row, one);
      weights.draw(row + 1, other);
      for (int resample = 1; resample <= resamples; resample++) {
        sum += one[resample];
        squares += one[resample] * one[resample];
        products += (one[resample] - 1) * (other[resample] - 1);
        zeros += one[resample] == 0 ? 1 : 0;
      }
    }

    double draws = 500.0 * resamples; // standard errors are about 0.002
    assertThat(sum / draws).isCloseTo(1, within(0.012));
    assertThat(squares / draws - 1).isCloseTo(1, within(0.02));
    assertThat(zeros / draws).isCloseTo(Math.exp(-1), within(0.006));
    assertThat(products / draws).as("neighbours are independent").isCloseTo(0, within(0.012));
    weights.draw(77, one);
    new PoissonWeights(3, resamples).draw(77, other);
    assertThat(other).isEqualTo(one);
    new PoissonWeights(4, resamples).draw(77, other);
    assertThat(other).isNotEqualTo(one);
  }

  /**
   * Of 400 samples nine in ten intervals should hold the true difference; the share's standard
   * error is 0.015.
   */
  @Test
  void intervalsHoldTheTrueDifferenceAsOftenAsTheySay() {
    double[] truth = truth();
    int samples = 400;
    int auc = 0;
    int logLoss = 0;
    for (int sample = 0; sample < samples; sample++) {
      List<PairedRow> rows = drawn(new SplittableRandom(1_000 + sample), 300);
      DayWeights days = DayWeights.count(new PoissonWeights(sample, 300), rows.iterator());
      Resamples ranks = ranks(rows, days);
      Resamples losses =
          RatioSums.of(List.of(SampledMetric.LOG_LOSS), days, rows.iterator())
              .of(SampledMetric.LOG_LOSS);
      auc += holds(ranks.interval(0.9), truth[0]) ? 1 : 0;
      logLoss += holds(losses.interval(0.9), truth[1]) ? 1 : 0;
    }

    assertThat((double) auc / samples).isBetween(0.85, 0.94);
    assertThat((double) logLoss / samples).isBetween(0.85, 0.94);
  }

  private static boolean holds(DifferenceInterval interval, double truth) {
    return interval.low() <= truth && truth <= interval.high();
  }

  private static Resamples ranks(List<PairedRow> rows, DayWeights days) {
    return new Resamples(
        auc(rows, days, PairedRow::candidate), auc(rows, days, PairedRow::champion));
  }

  private static double[] auc(
      List<PairedRow> rows, DayWeights days, ToDoubleFunction<PairedRow> score) {
    List<PairedRow> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingDouble(score));
    return RankSums.auc(List.of(RankSums.of(days, sorted.iterator(), score)), days.width());
  }

  /** The candidate knows the probability, the champion guesses at it. */
  private static List<PairedRow> drawn(SplittableRandom random, int count) {
    List<PairedRow> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      double x = 0.05 + 0.9 * random.nextDouble();
      double label = random.nextDouble() < x ? 1 : 0;
      double guess = 0.05 + 0.9 * (0.6 * x + 0.4 * random.nextDouble());
      rows.add(new PairedRow(random.nextLong(), row % 3, label, x, guess));
    }

    return rows;
  }

  private static double[] truth() {
    List<PairedRow> many = drawn(new SplittableRandom(1), 400_000);
    DayWeights days = DayWeights.count(new PoissonWeights(0, 1), many.iterator());
    Resamples ranks = ranks(many, days);
    Resamples losses =
        RatioSums.of(List.of(SampledMetric.LOG_LOSS), days, many.iterator())
            .of(SampledMetric.LOG_LOSS);
    return new double[] {ranks.interval(0.5).difference(), losses.interval(0.5).difference()};
  }
}
