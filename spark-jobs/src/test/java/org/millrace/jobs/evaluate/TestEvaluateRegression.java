package org.millrace.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.evaluate.RegressionMetrics.CalibrationGroup;
import org.millrace.jobs.evaluate.RegressionMetrics.ResidualBin;

class TestEvaluateRegression {
  private final SparkSession spark = TestSpark.session();

  /**
   * A table, and its metrics by scikit-learn 1.9.1 and series by NumPy.
   *
   * @param edges of the bins of the residual
   * @param residuals rows by bin
   * @param calibration rows, mean score and mean label by group of the score
   */
  private record RegressionCase(
      String name,
      List<Double> label,
      List<Double> score,
      Map<String, Double> expected,
      List<Map<String, Double>> days,
      List<Double> edges,
      List<Long> residuals,
      List<List<Double>> calibration) {
    Dataset<Row> rows() {
      return Reference.table(label, DataTypes.DoubleType, score, DataTypes.DoubleType);
    }
  }

  @Test
  void agreesWithScikitLearn() throws IOException {
    List<RegressionCase> cases = Reference.read("regression", RegressionCase[].class);

    assertThat(cases).hasSize(10);
    for (RegressionCase one : cases) {
      RegressionMetrics metrics = new EvaluateRegression().evaluate(one.rows(), "label", "score");
      Reference.assertSame(one.name(), metrics.summary().asMap(), one.expected());
      assertThat(metrics.rows()).isEqualTo(one.label().size());
      assertSameBins(one, metrics.residuals());
      assertSameGroups(one, metrics.calibration());
    }
  }

  @Test
  void summarisesEachDayLikeScikitLearn() throws IOException {
    for (RegressionCase one : Reference.read("regression", RegressionCase[].class)) {
      Reference.assertSameDays(
          one.name(),
          new EvaluateRegression()
              .evaluateByDay(one.rows(), "day", "label", "score").entrySet().stream()
                  .collect(Collectors.toMap(Map.Entry::getKey, day -> day.getValue().asMap())),
          one.days());
    }
  }

  @Test
  void hasNoR2OfEqualLabelsThoughRoundingPartsThemFromTheirMean() {
    RegressionTotals.Range labels = new RegressionTotals.Range(0.1, 0.1);
    RegressionTotals.Range residuals = new RegressionTotals.Range(1, 1);
    RegressionTotals totals = new RegressionTotals(4, 4, 4, 4, 0.4, 1.1, 0.1, labels, residuals);

    assertThat(totals.summary(0, 1e-30).r2()).isEmpty();
  }

  @Test
  void takesNumbersOfAllTypes() {
    Dataset<Row> rows =
        spark.sql("SELECT int(id) AS y, decimal(id + 2) AS p, float(id) AS f FROM range(10)");

    assertThat(new EvaluateRegression().evaluate(rows, "y", "p").summary().bias()).isEqualTo(2);
    assertThat(new EvaluateRegression().evaluate(rows, "p", "f").summary().bias()).isEqualTo(-2);
  }

  @Test
  void keepsNoRowsAfterwards() {
    Set<Integer> before = persisted();

    new EvaluateRegression().evaluate(table("double(id)", "1D"), "y", "p");
    assertThatThrownBy(
            () -> new EvaluateRegression().evaluate(table("1D", "double('NaN')"), "y", "p"))
        .hasMessageContaining("column p is null, NaN or infinite in 4 rows");

    assertThat(before).containsAll(persisted());
  }

  @Test
  void refusesWhatCannotBeEvaluated() {
    for (String bad :
        List.of("null", "double('NaN')", "double('Infinity')", "-double('Infinity')")) {
      String reason =
          "column %s is null, NaN or infinite in 2 rows; evaluate only rows whose label and score are known";
      refused(table("if(id < 2, %s, 1D)".formatted(bad), "1D"), reason.formatted("y"));
      refused(table("1D", "if(id < 2, %s, 1D)".formatted(bad)), reason.formatted("p"));
    }

    refused(table("'1'", "1D"), "column y is STRING vs a number");
    refused(table("1D", "true"), "column p is BOOLEAN vs a number");
    refused(
        table("1e200D * id", "1D"),
        "errors or labels are too large: their squares exceed the range of DOUBLE");
    refused(
        table("1D", "1D").where("y > 1"), "there is no row, RMSE and its like need at least one");
  }

  @Test
  void refusesRowsWithoutADay() {
    Dataset<Row> rows = table("1D", "1D").selectExpr("*", "cast(null AS date) AS day");

    assertThatThrownBy(() -> new EvaluateRegression().evaluateByDay(rows, "day", "y", "p"))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot evaluate column p: rows have no day");
    assertThatThrownBy(() -> new EvaluateRegression().evaluateByDay(rows, "y", "y", "p"))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot evaluate column p: column y is DOUBLE vs DATE");
    assertThat(new EvaluateRegression().evaluateByDay(rows.where("y > 1"), "day", "y", "p"))
        .isEmpty();
  }

  private static void assertSameBins(RegressionCase expected, List<ResidualBin> bins) {
    assertThat(bins)
        .as(expected.name())
        .extracting(ResidualBin::rows)
        .containsExactlyElementsOf(expected.residuals());
    for (int bin = 0; bin < bins.size(); bin++) {
      Reference.assertSame(expected.name(), bins.get(bin).from(), expected.edges().get(bin));
      Reference.assertSame(expected.name(), bins.get(bin).to(), expected.edges().get(bin + 1));
    }
  }

  private static void assertSameGroups(RegressionCase expected, List<CalibrationGroup> groups) {
    assertThat(groups).as(expected.name()).hasSameSizeAs(expected.calibration());
    for (int group = 0; group < groups.size(); group++) {
      List<Double> numbers = expected.calibration().get(group);
      assertThat(groups.get(group).rows())
          .as(expected.name())
          .isEqualTo(numbers.get(0).longValue());
      Reference.assertSame(expected.name(), groups.get(group).meanScore(), numbers.get(1));
      Reference.assertSame(expected.name(), groups.get(group).meanLabel(), numbers.get(2));
    }
  }

  private Set<Integer> persisted() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).getPersistentRDDs().keySet();
  }

  private static void refused(Dataset<Row> rows, String reason) {
    assertThatThrownBy(() -> new EvaluateRegression().evaluate(rows, "y", "p"))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot evaluate column p: " + reason)
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  private Dataset<Row> table(String label, String score) {
    return spark.sql("SELECT %s AS y, %s AS p FROM range(4)".formatted(label, score));
  }
}
