package org.millrace.jobs.model;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.GoldenRow;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Golden rows of a model that the platform did not train: those that came with it, with its own
 * library's scores; else some rows of the training slice, with the scores of its ONNX file. Driver
 * only.
 */
public final class GoldenSource {
  private static final int MOST_ROWS = 200;
  private static final int CHOSEN_ROWS = 50;
  private static final String SCORED = "scored__";

  private final ModelContract contract;
  private final String score;

  /** Rows for a contract, which has none yet. */
  public GoldenSource(ModelContract contract) {
    this.contract = contract;
    this.score =
        contract.classes().isEmpty() ? PredictionColumns.SCORE : PredictionColumns.PROBABILITIES;
  }

  /**
   * The rows that came with the model, 200 at most.
   *
   * @param file Parquet, with a column for each input, or for each column that feeds it, and the
   *     score: the array {@code probabilities} of several classes
   * @throws MillraceException of category DATA_CONTRACT if it lacks one of them, or has no rows
   */
  public List<GoldenRow> written(SparkSession spark, Path file) {
    if (!Files.exists(file)) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING, "Cannot find the golden rows " + file);
    }

    Dataset<Row> rows =
        spark.read().parquet(new org.apache.hadoop.fs.Path(file.toUri()).toString());
    List<String> there = List.of(rows.columns());
    List<String> missing =
        Stream.concat(
                contract.inputs().stream()
                    .filter(input -> !there.contains(input.name()))
                    .flatMap(input -> input.columns().stream()),
                Stream.of(score))
            .filter(column -> !there.contains(column))
            .toList();
    if (!missing.isEmpty()) {
      throw unusable(
          file,
          "it lacks %s; its columns are %s"
              .formatted(String.join(", ", missing), String.join(", ", there)));
    }

    requireTypes(file, rows);
    if (rows.limit(MOST_ROWS).where(col(score).isNull()).count() > 0) {
      throw unusable(file, "a row has no " + score);
    }

    List<GoldenRow> golden = new ArrayList<>();
    for (Row row : rows.limit(MOST_ROWS).collectAsList()) {
      golden.add(goldenRow(row, score, there));
    }

    if (golden.isEmpty()) {
      throw unusable(file, "it has no rows");
    }

    return golden;
  }

  /** A golden row is held to the types of the contract, and an array is one row of a matrix. */
  private void requireTypes(Path file, Dataset<Row> rows) {
    List<String> problems = new ArrayList<>();
    for (StructField field : rows.schema().fields()) {
      DataType type =
          field.dataType() instanceof ArrayType array ? array.elementType() : field.dataType();
      boolean isNumber = type instanceof NumericType || type.equals(DataTypes.BooleanType);
      boolean isOfNumber = field.name().equals(score) || isNumeric(field.name());
      boolean isOfText = !isOfNumber && isText(field.name());
      if ((isOfNumber && !isNumber) || (isOfText && !type.equals(DataTypes.StringType))) {
        problems.add(
            "%s is %s vs %s"
                .formatted(
                    field.name(), field.dataType().sql(), isOfNumber ? "a number" : "a text"));
      }
    }

    if (!problems.isEmpty()) {
      throw unusable(file, String.join("; ", problems));
    }
  }

  private boolean isNumeric(String column) {
    return contract.inputs().stream()
        .filter(input -> input.kind() == ModelContract.Kind.NUMERIC)
        .anyMatch(input -> input.name().equals(column) || input.columns().contains(column));
  }

  private boolean isText(String column) {
    return contract.inputs().stream()
        .filter(input -> input.kind() != ModelContract.Kind.NUMERIC)
        .anyMatch(input -> input.name().equals(column) || input.columns().contains(column));
  }

  private static MillraceException unusable(Path file, String reason) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT, "Cannot use the golden rows in " + file + ": " + reason);
  }

  /** Rows of a slice, the same ones for the same content, as ONNX Runtime scores them. */
  public List<GoldenRow> chosen(Dataset<Row> slice, OnnxModel model, ScoringDefinition scoring) {
    Column[] columns =
        contract.columns().stream().map(name -> col("`" + name + "`")).toArray(Column[]::new);
    Dataset<Row> rows =
        slice
            .select(columns)
            .na()
            .drop(needed()) // the model refuses a row that lacks one of them
            .orderBy(xxhash64(columns))
            .limit(CHOSEN_ROWS)
            .coalesce(1);
    List<GoldenRow> golden = new ArrayList<>();
    List<String> there = contract.columns();
    for (Row row :
        VersionScoring.of(model, contract, scoring)
            .keep(there.toArray(String[]::new))
            .output(SCORED)
            .apply(rows)
            .collectAsList()) {
      golden.add(goldenRow(row, SCORED, there));
    }

    return golden;
  }

  private String[] needed() {
    return contract.inputs().stream()
        .filter(input -> input.nulls() == ModelContract.Nulls.REJECT)
        .flatMap(input -> input.columns().stream())
        .map(column -> "`" + column + "`")
        .distinct()
        .toArray(String[]::new);
  }

  private GoldenRow goldenRow(Row row, String answer, List<String> there) {
    List<@Nullable Object> inputs = new ArrayList<>();
    for (ModelContract.Input input : contract.inputs()) {
      boolean isWhole = there.contains(input.name()) || input.matrix().isEmpty();
      inputs.add(isWhole ? single(row, input, there) : listed(row, input));
    }

    List<Double> numbers = ClassAnswer.numbers(row, row.fieldIndex(answer));
    if (contract.classes().isEmpty()) {
      return new GoldenRow(inputs, numbers.get(0));
    }

    if (numbers.size() != contract.classes().size()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use the golden rows: one has %d probabilities vs the %d classes %s of the training definition"
              .formatted(numbers.size(), contract.classes().size(), contract.classes()));
    }

    return GoldenRow.ofClasses(inputs, numbers);
  }

  private static @Nullable Object single(Row row, ModelContract.Input input, List<String> there) {
    Object value = row.getAs(there.contains(input.name()) ? input.name() : input.columns().get(0));
    return value instanceof scala.collection.Seq<?>
        ? row.getList(row.fieldIndex(input.name()))
        : plain(input, value);
  }

  private static List<@Nullable Object> listed(Row row, ModelContract.Input input) {
    List<@Nullable Object> values = new ArrayList<>();
    for (String column : input.columns()) {
      values.add(plain(input, row.getAs(column)));
    }

    return values;
  }

  /** Booleans are numbers to a model. */
  private static @Nullable Object plain(ModelContract.Input input, @Nullable Object value) {
    if (value instanceof Boolean flag) {
      return flag ? 1L : 0L;
    }

    boolean isFraction = input.kind() == ModelContract.Kind.NUMERIC && !input.hasWholeNumbers();
    return value == null && isFraction ? (Object) Double.NaN : value;
  }
}
