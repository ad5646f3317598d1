package org.millrace.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.evaluate.BinaryMetrics.CalibrationBin;
import org.millrace.jobs.evaluate.BinaryMetrics.RocPoint;

class TestEvaluateBinary {
  private static final double EXACT = 1e-12;
  private static final double[] SCORES = {0.1, 0.4, 0.35, 0.8, 0.4, 0.4, 0.9, 1.0, 0.0, 0.4};
  private static final int[] LABELS = {0, 0, 1, 1, 1, 0, 1, 1, 0, 1};

  private final SparkSession spark = TestSpark.session();

  /** A table, and its metrics by scikit-learn 1.9.1; log loss of scores that no clip changes. */
  private record BinaryCase(
      String name,
      List<Integer> label,
      List<Double> score,
      Map<String, Double> expected,
      List<Map<String, Double>> days) {
    Dataset<Row> rows() {
      return Reference.table(label, DataTypes.IntegerType, score, DataTypes.DoubleType);
    }
  }

  @Test
  void agreesWithScikitLearn() throws IOException {
    List<BinaryCase> cases = Reference.read("binary", BinaryCase[].class);

    assertThat(cases).hasSize(8);
    for (BinaryCase one : cases) {
      Reference.assertSame(
          one.name(),
          new EvaluateBinary().evaluate(one.rows(), "label", "score").summary().asMap(),
          one.expected());
    }
  }

  @Test
  void summarisesEachDayLikeScikitLearn() throws IOException {
    for (BinaryCase one : Reference.read("binary", BinaryCase[].class)) {
      Reference.assertSameDays(
          one.name(),
          new EvaluateBinary()
              .evaluateByDay(one.rows(), "day", "label", "score").entrySet().stream()
                  .collect(Collectors.toMap(Map.Entry::getKey, day -> day.getValue().asMap())),
          one.days());
    }
  }

  @Test
  void agreesWithScikitLearnOnTies() {
    BinaryMetrics metrics = new EvaluateBinary().evaluate(tied(), "late", "score");

    // scikit-learn 1.9.1: roc_auc_score, average_precision_score, log_loss, brier_score_loss of the
    // same ten rows
    assertThat(metrics.auc()).isCloseTo(0.8333333333333334, within(EXACT));
    assertThat(metrics.prAuc()).hasValueCloseTo(0.8630952380952381, within(EXACT));
    assertThat(metrics.logLoss()).isCloseTo(0.4337919418408832, within(EXACT));
    assertThat(metrics.brier()).isCloseTo(0.15225, within(EXACT));
    assertThat(metrics.rows()).isEqualTo(10);
    assertThat(metrics.positives()).isEqualTo(6);
    assertThat(metrics.baseRate()).isEqualTo(0.6);
    assertThat(metrics.meanScore()).isCloseTo(0.475, within(EXACT));
    assertThat(metrics.summary().aucReason()).isEmpty();
  }

  @Test
  void tellsTheSeriesOfThePictures() {
    BinaryMetrics metrics = new EvaluateBinary().evaluate(tied(), "late", "score");

    // thresholds 1.0, 0.9, 0.8, 0.4 (2 of 4 negatives, 2 positives), 0.35, 0.1, 0.0
    assertThat(metrics.roc())
        .containsExactly(
            new RocPoint(0, 0),
            new RocPoint(0, 1 / 6.0),
            new RocPoint(0, 2 / 6.0),
            new RocPoint(0, 3 / 6.0),
            new RocPoint(0.5, 5 / 6.0),
            new RocPoint(0.5, 1),
            new RocPoint(0.75, 1),
            new RocPoint(1, 1));
    assertThat(metrics.calibration())
        .extracting(CalibrationBin::rows)
        .containsExactly(1L, 1L, 1L, 4L, 1L, 2L);
    assertThat(metrics.calibration().get(3)).isEqualTo(new CalibrationBin(0.4, 0.5, 4, 0.4, 0.5));
    // |0-0| + |.1-0| + |.35-1| + |1.6-2| + |.8-1| + |1.9-2| over ten rows
    assertThat(metrics.calibrationError()).isCloseTo(0.145, within(EXACT));
    assertThat(metrics.histogram()).hasSize(20);
    assertThat(metrics.histogram().get(8).rows()).isEqualTo(4);
    assertThat(metrics.histogram().get(19).positives()).isEqualTo(1);
  }

  @Test
  void agreesWithScikitLearnOnTenThousandRowsInManyPartitions() {
    Dataset<Row> rows =
        spark
            .range(0, 10_000, 1, 7)
            .selectExpr("id * 7919 % 1000 / 1000D AS p", "id * 104729 % 1009 AS r")
            .selectExpr("p", "r < 1009 * p AS late");

    BinaryMetrics metrics = new EvaluateBinary().evaluate(rows, "late", "p");

    // scikit-learn 1.9.1 and NumPy on the same formulae
    assertThat(metrics.positives()).isEqualTo(5002);
    assertThat(metrics.auc()).isCloseTo(0.8332920533267285, within(EXACT));
    assertThat(metrics.logLoss()).isCloseTo(0.499894310083158, within(EXACT));
    assertThat(metrics.brier()).isCloseTo(0.1666877, within(EXACT));
    assertThat(metrics.calibrationError()).isCloseTo(0.0015, within(EXACT));
    assertThat(metrics.roc()).hasSizeBetween(100, 200);
    assertThat(metrics.roc().get(0)).isEqualTo(new RocPoint(0, 0));
    assertThat(metrics.roc().get(metrics.roc().size() - 1)).isEqualTo(new RocPoint(1, 1));
    assertThat(areaUnder(metrics.roc())).isCloseTo(metrics.auc(), within(1e-3));
  }

  @Test
  void saysWhyThereIsNoAucWhenAClassIsMissing() {
    BinaryMetrics metrics =
        new EvaluateBinary().evaluate(tied().where("late = 1"), "late", "score");

    assertThat(metrics.auc()).isNaN();
    assertThat(metrics.summary().aucReason())
        .contains("all 6 labels are 1: AUC compares two classes");
    assertThat(metrics.roc()).isEmpty();
    assertThat(metrics.summary().asMap())
        .containsOnlyKeys(
            "pr_auc",
            "log_loss",
            "brier",
            "calibration_error",
            "base_rate",
            "mean_score",
            "rows",
            "positives");
  }

  @Test
  void summarisesEachDayLikeTheDayAlone() {
    Dataset<Row> rows =
        tied().selectExpr("*", "date_add(DATE'2013-12-01', cast(score * 10 AS int) % 2) AS day");

    Map<LocalDate, ScoreSummary> days =
        new EvaluateBinary().evaluateByDay(rows, "day", "late", "score");

    assertThat(days).hasSize(2);
    days.forEach(
        (day, summary) ->
            assertThat(summary)
                .isEqualTo(
                    new EvaluateBinary()
                        .evaluate(rows.where("day = DATE'" + day + "'"), "late", "score")
                        .summary()));
    assertThat(days.values()).extracting(ScoreSummary::rows).containsExactly(7L, 3L);
  }

  @Test
  void refusesWhatCannotBeEvaluated() {
    refused("NaN", "1", "2 rows have no score (null or NaN)");
    refused("null", "1", "2 rows have no score (null or NaN)");
    refused("1.5", "1", "2 rows have the score 1.5 vs [0, 1]");
    refused("-0.25", "1", "2 rows have the score -0.25 vs [0, 1]");
    refused(
        "0.5",
        "null",
        "column late is null in 2 rows of score 0.5; evaluate only rows whose label is known");
    refused("0.5", "2", "column late is neither 0 nor 1 in 2 rows of score 0.5");
    assertThatThrownBy(
            () -> new EvaluateBinary().evaluate(tied().where("score > 2"), "late", "score"))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot evaluate column score: there is no row, AUC and its like need at least one");
  }

  @Test
  void readsASummaryThatLacksTheNewerMetric() {
    ScoreSummary summary = new EvaluateBinary().evaluate(tied(), "late", "score").summary();
    String written = Json.write(summary);
    String older = written.replaceFirst("\"prAuc\":[0-9.]+,", "");

    assertThat(older).isNotEqualTo(written);
    assertThat(Json.read(written, ScoreSummary.class)).isEqualTo(summary);
    assertThat(Json.read(older, ScoreSummary.class).prAuc()).isEmpty();
    assertThat(Json.read(older, ScoreSummary.class).asMap()).doesNotContainKey("pr_auc");
  }

  @Test
  void refusesRowsWithoutADay() {
    Dataset<Row> rows = tied().selectExpr("*", "cast(null AS date) AS day");

    assertThatThrownBy(() -> new EvaluateBinary().evaluateByDay(rows, "day", "late", "score"))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot evaluate column score: rows have no day");
    assertThatThrownBy(() -> new EvaluateBinary().evaluateByDay(rows, "late", "late", "score"))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot evaluate column score: column late is INT vs DATE");
  }

  private void refused(String score, String label, String reason) {
    Dataset<Row> rows =
        spark.sql(
            "SELECT cast('%s' AS double) AS score, cast(%s AS int) AS late FROM range(2)"
                .formatted(score, label));
    assertThatThrownBy(() -> new EvaluateBinary().evaluate(rows, "late", "score"))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot evaluate column score: " + reason)
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  private Dataset<Row> tied() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < SCORES.length; i++) {
      rows.add(RowFactory.create(SCORES[i], LABELS[i]));
    }

    return spark.createDataFrame(
        rows,
        new StructType().add("score", DataTypes.DoubleType).add("late", DataTypes.IntegerType));
  }

  private static double areaUnder(List<RocPoint> points) {
    double area = 0;
    for (int i = 1; i < points.size(); i++) {
      RocPoint left = points.get(i - 1);
      RocPoint right = points.get(i);
      area +=
          (right.falsePositiveRate() - left.falsePositiveRate())
              * (right.truePositiveRate() + left.truePositiveRate())
              / 2;
    }

    return area;
  }
}
