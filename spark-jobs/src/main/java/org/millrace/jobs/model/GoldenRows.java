package org.millrace.jobs.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.GoldenRow;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;

/**
 * Scores the golden rows of a version, with the engine and on the device that score its nights, and
 * compares. Driver; the scoring is a Spark job of one task.
 */
public final class GoldenRows {
  private static final String POSITION = "position__";
  private static final String SCORED = "scored__";

  private final SparkSession spark;
  private final ScoringDefinition definition;

  /** Prepares the comparison by the settings of a definition. */
  public GoldenRows(SparkSession spark, ScoringDefinition definition) {
    this.spark = spark;
    this.definition = definition;
  }

  /**
   * What a comparison found.
   *
   * @param rows compared
   * @param different rows whose scores differ by more than the tolerance of an export
   * @param worst position of the row that differs most
   * @param score of that row, now; of several classes the one that differs most
   * @param expected its score as the contract has it
   * @param tolerance the largest difference that is allowed
   */
  public record Comparison(
      int rows, int different, int worst, double score, double expected, double tolerance) {
    /** The largest difference; infinite if a score is not a number. */
    public double maxDifference() {
      double difference = Math.abs(score - expected);
      return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }
  }

  /**
   * Compares; does nothing if the contract has no golden rows.
   *
   * @throws MillraceException of category DATA_CONTRACT if a score differs by more than the
   *     tolerance of an export, with the worst row
   */
  public void require(OnnxModel model, ModelContract contract) {
    if (contract.golden().isEmpty()) {
      return;
    }

    Comparison found = compare(model, contract);
    if (found.different() > 0) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use %s: it scores %d of its %d golden rows differently, row %d %s vs %s when it was registered, allowed is a difference of %s; register again the model that was trained, or score with another 'engine'"
              .formatted(
                  model,
                  found.different(),
                  found.rows(),
                  found.worst(),
                  found.score(),
                  found.expected(),
                  found.tolerance()));
    }
  }

  /** Scores the golden rows of a contract; of none, no row differs. */
  public Comparison compare(OnnxModel model, ModelContract contract) {
    if (contract.golden().isEmpty()) {
      return new Comparison(0, 0, 0, 0, 0, ModelContract.tolerance(0));
    }

    List<List<Double>> scores = scores(model, contract);
    double tolerance =
        ModelContract.tolerance(
            contract.golden().stream().mapToDouble(row -> Math.abs(row.score())).max().orElse(0));
    Difference most = new Difference(0, 0, 0);
    int different = 0;
    for (int i = 0; i < scores.size(); i++) {
      Difference found = difference(i, scores.get(i), contract.golden().get(i).scores());
      different += found.size() <= tolerance ? 0 : 1;
      most = i == 0 || found.size() > most.size() ? found : most;
    }

    return new Comparison(
        scores.size(), different, most.row(), most.score(), most.expected(), tolerance);
  }

  /** The two numbers of a row that differ most. */
  private record Difference(int row, double score, double expected) {
    /** Not a number is as different as can be. */
    double size() {
      double difference = Math.abs(score - expected);
      return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }
  }

  private static Difference difference(int row, List<Double> scores, List<Double> expected) {
    Difference most = new Difference(row, 0, 0);
    for (int i = 0; i < Math.max(scores.size(), expected.size()); i++) {
      Difference found = new Difference(row, at(scores, i), at(expected, i));
      most = i == 0 || found.size() > most.size() ? found : most;
    }

    return most;
  }

  /** What only one of the two has differs from what the other lacks. */
  private static double at(List<Double> scores, int position) {
    return position < scores.size() ? scores.get(position) : Double.NaN;
  }

  private List<List<Double>> scores(OnnxModel model, ModelContract contract) {
    // missing values are what golden rows are for, whatever the nights do with them
    OnnxScoring scoring =
        VersionScoring.output(OnnxScoring.of(model), contract)
            .inputsByName()
            .settings(definition)
            .nulls(ScoringDefinition.Nulls.IMPUTE)
            .keep(POSITION)
            .output(SCORED);
    VersionScoring.imputedTexts(contract)
        .forEach(input -> scoring.nulls(input.name(), VersionScoring.MISSING_TEXT));
    List<List<Double>> scores =
        new ArrayList<>(Collections.nCopies(contract.golden().size(), List.of()));
    for (Row row :
        scoring
            .apply(spark.createDataFrame(rows(contract), schema(contract)).coalesce(1))
            .collectAsList()) {
      scores.set(row.getInt(0), ClassAnswer.numbers(row, 1));
    }

    return scores;
  }

  /** Columns have the names of inputs: two inputs may be fed from one column. */
  private static StructType schema(ModelContract contract) {
    StructType schema = new StructType();
    for (ModelContract.Input input : contract.inputs()) {
      DataType type = type(input);
      schema =
          schema.add(
              input.name(), input.matrix().isEmpty() ? type : DataTypes.createArrayType(type));
    }

    return schema.add(POSITION, DataTypes.IntegerType, false);
  }

  private static DataType type(ModelContract.Input input) {
    if (input.kind() != ModelContract.Kind.NUMERIC) {
      return DataTypes.StringType;
    }

    return switch (input.type()) {
      case "float" -> DataTypes.FloatType;
      case "double" -> DataTypes.DoubleType;
      case "int" -> DataTypes.IntegerType;
      default -> DataTypes.LongType;
    };
  }

  private static List<Row> rows(ModelContract contract) {
    List<Row> rows = new ArrayList<>();
    for (GoldenRow golden : contract.golden()) {
      int width = contract.inputs().size();
      @Nullable Object[] values = new Object[width + 1];
      for (int i = 0; i < width; i++) {
        values[i] = value(contract.inputs().get(i), golden.inputs().get(i));
      }

      values[width] = rows.size();
      rows.add(RowFactory.create(values));
    }

    return rows;
  }

  private static @Nullable Object value(ModelContract.Input input, @Nullable Object value) {
    if (value instanceof List<?> matrix) {
      return matrix.stream().map(element -> value(input, element)).toArray();
    }

    if (!(value instanceof Number number)) {
      return value;
    }

    return switch (input.type()) {
      case "float" -> number.floatValue();
      case "int" -> number.intValue();
      default -> value;
    };
  }
}
