package org.millrace.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.evaluate.MulticlassMetrics.ConfusionCell;

class TestEvaluateMulticlass {
  private static final List<String> CLASSES = List.of("b", "a", "c");

  private final SparkSession spark = TestSpark.session();

  /**
   * A table, and its metrics by scikit-learn 1.9.1.
   *
   * @param confusion rows by label, then by prediction
   */
  private record MulticlassCase(
      String name,
      List<String> classes,
      List<String> label,
      List<List<Double>> score,
      Map<String, Double> expected,
      List<Map<String, Double>> days,
      List<List<Long>> confusion) {
    Dataset<Row> rows() {
      Dataset<Row> rows =
          Reference.table(
              label, DataTypes.StringType, score, DataTypes.createArrayType(DataTypes.DoubleType));
      return name.startsWith("FLOAT")
          ? rows.selectExpr("label", "cast(score AS array<float>) AS score", "day")
          : rows;
    }
  }

  @Test
  void agreesWithScikitLearn() throws IOException {
    List<MulticlassCase> cases = Reference.read("multiclass", MulticlassCase[].class);

    assertThat(cases).hasSize(11);
    for (MulticlassCase one : cases) {
      MulticlassMetrics metrics =
          EvaluateMulticlass.evaluate(one.rows(), "label", "score", one.classes());
      Reference.assertSame(one.name(), metrics.summary().asMap(), one.expected());
      assertThat(metrics.rows()).isEqualTo(one.label().size());
      assertThat(metrics.classes()).isEqualTo(one.classes());
      assertThat(metrics.confusion()).as(one.name()).isEqualTo(cells(one));
    }
  }

  @Test
  void summarisesEachDayLikeScikitLearn() throws IOException {
    for (MulticlassCase one : Reference.read("multiclass", MulticlassCase[].class)) {
      Reference.assertSameDays(
          one.name(),
          EvaluateMulticlass.evaluateByDay(one.rows(), "day", "label", "score", one.classes())
              .entrySet()
              .stream()
              .collect(Collectors.toMap(Map.Entry::getKey, day -> day.getValue().asMap())),
          one.days());
    }
  }

  @Test
  void takesIntegersAndAnyOrderOfTheClasses() {
    Dataset<Row> rows =
        spark.sql(
            """
            SELECT * FROM VALUES
              (30, array(0.5D, 0.25D, 0.25D)), -- right, first by rank
              (10, array(0.5D, 0.25D, 0.25D)), -- third: of equal ones the last ranks first
              (20, array(0.5D, 0.25D, 0.25D)), -- second
              (30, array(0.5D, 0.5D, 0D)) -- right: the first of equal ones is the prediction
            AS t(y, p)
            """);

    MulticlassMetrics metrics =
        EvaluateMulticlass.evaluate(rows, "y", "p", List.of("30", "10", "20"));

    assertThat(metrics.summary().accuracy()).isEqualTo(0.5);
    assertThat(metrics.summary().top2Accuracy()).hasValue(0.75);
    assertThat(metrics.summary().top3Accuracy()).isEmpty();
    assertThat(metrics.summary().logLoss()).isCloseTo(1.5 * Math.log(2), within(1e-15));
    assertThat(metrics.confusion())
        .containsExactly(
            new ConfusionCell("30", "30", 2),
            new ConfusionCell("10", "30", 1),
            new ConfusionCell("20", "30", 1));
  }

  @Test
  void refusesRowsThatBreakTheContract() {
    String sound = "array(0.5D, 0.25D, 0.25D)";
    refused("null", sound, "2 rows have no label, such as label null with [0.5, 0.25, 0.25]");
    refused(
        "'d'",
        sound,
        "2 rows have a label outside the classes [b, a, c], such as label d with [0.5, 0.25, 0.25]");
    refused(
        "'a'",
        "cast(null AS array<double>)",
        "2 rows have no probabilities, such as label a with null");
    for (String other : List.of("[]", "[0.5, 0.5]", "[0.25, 0.25, 0.25, 0.25]")) {
      refused(
          "'a'",
          "from_json('%s', 'array<double>')".formatted(other),
          "2 rows have a number of probabilities other than 3, such as label a with " + other);
    }

    for (String other : List.of("NULL", "NaN", "-0.25", "1.25", "Infinity")) {
      refused(
          "'a'",
          "array(0.5D, double(%s), 0.5D)"
              .formatted(other.equals("NULL") ? "NULL" : "'" + other + "'"),
          "2 rows have a probability that is null, NaN or outside [0, 1], such as label a with [0.5, %s, 0.5]"
              .formatted(other.equals("NULL") ? "null" : other));
    }

    refused(
        "'a'",
        "array(0.5D, 0.5D, 0.0011D)",
        "2 rows have probabilities whose sum differs from 1 by more than 0.001, such as label a with [0.5, 0.5, 0.0011]");
    assertThat(
            EvaluateMulticlass.evaluate(table("'a'", "array(0.5D, 0.4991D, 0D)"), "y", "p", CLASSES)
                .rows())
        .isEqualTo(4);
  }

  @Test
  void namesAllThatIsWrongAndOneOfTheRows() {
    Dataset<Row> rows = table("if(id = 3, null, concat('x', id))", "array(0.5F, 0.5F, 0F)");

    assertThatThrownBy(() -> EvaluateMulticlass.evaluate(rows, "y", "p", CLASSES))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot evaluate column p: 3 rows have a label outside the classes [b, a, c], such as label x0 with [0.5, 0.5, 0.0]; "
                + "1 rows have no label, such as label null with [0.5, 0.5, 0.0]");
  }

  @Test
  void namesTheFirstAndTheLastOfManyClasses() {
    List<String> classes = IntStream.range(0, 11).mapToObj(i -> "x" + i).toList();

    assertThatThrownBy(
            () ->
                EvaluateMulticlass.evaluate(
                    table("'z'", "array_repeat(1D / 11, 11)"), "y", "p", classes))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "Cannot evaluate column p: 4 rows have a label outside the 11 classes, from x0 to x10, such as label z with [0.09");
  }

  @Test
  void refusesWhatDoesNotSuit() {
    String sound = "array(0.5D, 0.25D, 0.25D)";
    unsuited(table("1.5D", sound), CLASSES, "column y is DOUBLE vs a text or an integer");
    unsuited(
        table("'a'", "array(1, 0, 0)"),
        CLASSES,
        "its type is ARRAY<INT> vs ARRAY<FLOAT> or ARRAY<DOUBLE>");
    unsuited(table("'a'", "0.5D"), CLASSES, "its type is DOUBLE vs ARRAY<FLOAT> or ARRAY<DOUBLE>");
    unsuited(table("'a'", sound), List.of("a"), "classes are [a] vs at least 2, each once");
    unsuited(table("'a'", sound), List.of("a", "a"), "classes are [a, a] vs at least 2, each once");
    unsuited(
        table("'a'", sound).where("y = 'b'"),
        CLASSES,
        "there is no row, accuracy and its like need at least one");
  }

  @Test
  void refusesRowsWithoutADay() {
    Dataset<Row> rows =
        table("'a'", "array(0.5D, 0.25D, 0.25D)").selectExpr("*", "cast(null AS date) AS day");

    assertThatThrownBy(() -> EvaluateMulticlass.evaluateByDay(rows, "day", "y", "p", CLASSES))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot evaluate column p: rows have no day");
    assertThat(EvaluateMulticlass.evaluateByDay(rows.where("y = 'b'"), "day", "y", "p", CLASSES))
        .isEmpty();
  }

  /** Half of the rows break the contract. */
  private void refused(String label, String probabilities, String reason) {
    String sound = "array(0.5D, 0.25D, 0.25D)";
    unsuited(
        table(
            "if(id < 2, %s, 'a')".formatted(label),
            "if(id < 2, %s, %s)".formatted(probabilities, sound)),
        CLASSES,
        reason);
  }

  private static void unsuited(Dataset<Row> rows, List<String> classes, String reason) {
    assertThatThrownBy(() -> EvaluateMulticlass.evaluate(rows, "y", "p", classes))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot evaluate column p: " + reason)
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  private Dataset<Row> table(String label, String probabilities) {
    return spark.sql("SELECT %s AS y, %s AS p FROM range(4)".formatted(label, probabilities));
  }

  private static List<ConfusionCell> cells(MulticlassCase expected) {
    List<ConfusionCell> cells = new ArrayList<>();
    List<String> classes = expected.classes();
    for (int label = 0; label < classes.size(); label++) {
      for (int predicted = 0; predicted < classes.size(); predicted++) {
        long rows = expected.confusion().get(label).get(predicted);
        if (rows > 0) {
          cells.add(new ConfusionCell(classes.get(label), classes.get(predicted), rows));
        }
      }
    }

    return cells;
  }
}
