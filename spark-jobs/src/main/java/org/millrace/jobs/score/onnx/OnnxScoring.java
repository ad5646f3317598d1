package org.millrace.jobs.score.onnx;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;

/**
 * Adds a model's probability to rows of features. Driver only; not thread-safe.
 *
 * <p>Before a task starts, without reading a row, the model is loaded and its inputs are compared
 * with the columns. The scoring itself is lazy: it runs when the returned dataset is read, on the
 * executors, with one native session per executor JVM.
 */
public final class OnnxScoring {
  private final OnnxModel model;
  private final Map<String, List<String>> inputs = new LinkedHashMap<>();
  private List<String> kept = List.of();
  private String output = "score";
  private Optional<String> modelOutput = Optional.empty();
  private ScoringDefinition.Nulls nulls = ScoringDefinition.Nulls.IMPUTE;
  private int batchRows = 4096;
  private @Nullable ScoringAccumulator tallies;
  private List<String> inputColumns = List.of();

  private OnnxScoring(OnnxModel model) {
    this.model = requireNonNull(model, "model is null");
  }

  /** Starts with a model. */
  public static OnnxScoring of(OnnxModel model) {
    return new OnnxScoring(model);
  }

  /** Feeds each model input, {@code [N, 1]} floats or texts, from one column. */
  public OnnxScoring inputs(Map<String, String> columnByInput) {
    columnByInput.forEach((input, column) -> inputs.put(input, List.of(column)));
    return this;
  }

  /** Feeds one model input, {@code [N, F]} floats, from F columns in this order. */
  public OnnxScoring input(String input, List<String> columns) {
    inputs.put(input, List.copyOf(columns));
    return this;
  }

  /**
   * Columns that are handed on, before the score; none by default. Also a row's key in messages.
   */
  public OnnxScoring keep(String... columns) {
    kept = List.of(columns);
    return this;
  }

  /** Name of the score's column, DOUBLE and never null; {@code score} by default. */
  public OnnxScoring output(String column) {
    output = requireNonNull(column, "column is null");
    return this;
  }

  /** Which of the model's outputs is the probability; by default its only one. */
  public OnnxScoring modelOutput(String name) {
    modelOutput = Optional.of(name);
    return this;
  }

  /**
   * What a missing input means. IMPUTE (the default): a number becomes NaN, a text becomes empty,
   * and it is counted. REJECT: the reading fails with category DATA_CONTRACT, as the cause of
   * Spark's exception.
   */
  public OnnxScoring nulls(ScoringDefinition.Nulls policy) {
    nulls = requireNonNull(policy, "policy is null");
    return this;
  }

  /**
   * How many rows one native call scores.
   *
   * @param rows handed to the model at once, at least 1; 4096 by default
   */
  public OnnxScoring batchRows(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException(
          "Cannot score in batches of " + rows + " rows: the minimum is 1");
    }

    batchRows = rows;
    return this;
  }

  /**
   * Checks, then plans the scoring.
   *
   * @return the kept columns and the score, one row for each of the features, lazily
   * @throws MillraceException DATA_CONTRACT where the model does not load, is not the one
   *     registered, or does not fit the columns
   */
  public Dataset<Row> apply(Dataset<Row> features) {
    ScoringPlan plan = plan(features.schema());
    SparkSession spark = features.sparkSession();
    ScoringAccumulator counts = new ScoringAccumulator();
    spark.sparkContext().register(counts);
    tallies = counts;
    inputColumns = plan.inputColumns();
    ScorePartition scorer =
        new ScorePartition(
            plan, JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(model), counts);
    return project(features, plan)
        .mapPartitions(scorer, Encoders.row(outputSchema(features.schema())));
  }

  /**
   * What the tasks of the latest {@link #apply} have told so far.
   *
   * @throws IllegalStateException before the first one
   */
  public ScoringCounts counts() {
    if (tallies == null) {
      throw new IllegalStateException(
          "Cannot count: nothing has been scored yet; call apply first");
    }

    return ScoringCounts.of(tallies.value(), inputColumns);
  }

  private ScoringPlan plan(StructType features) {
    InputMatch match = new InputMatch(model, ModelSignature.of(model), features);
    match.kept(kept, output);
    List<InputPlan> matched = match.inputs(inputs, kept.size());
    String from = match.output(modelOutput);
    match.orThrow();
    return new ScoringPlan(kept, matched, from, batchRows, nulls);
  }

  /** Kept columns, then the inputs': numbers as floats, so that tasks read primitives. */
  private static Dataset<Row> project(Dataset<Row> features, ScoringPlan plan) {
    List<Column> columns = new ArrayList<>();
    plan.kept().forEach(name -> columns.add(column(features, name)));
    for (InputPlan input : plan.inputs()) {
      for (String name : input.columns()) {
        Column column = column(features, name);
        boolean number = input.kind() == InputPlan.Kind.FLOAT;
        columns.add(number ? column.cast(DataTypes.FloatType) : column);
      }
    }

    return features.select(columns.toArray(Column[]::new));
  }

  private StructType outputSchema(StructType features) {
    StructType schema = new StructType();
    for (String name : kept) {
      schema = schema.add(features.fields()[features.fieldIndex(name)]);
    }

    return schema.add(output, DataTypes.DoubleType, false);
  }

  private static Column column(Dataset<Row> features, String name) {
    return features.col("`" + name.replace("`", "``") + "`");
  }
}
