package org.millrace.bench.contender;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sum;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.bench.run.Check;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;

/** A Spark job from Parquet to a sink of {@code id} and {@code score}. */
final class SparkWork implements Work {
  private final Task task;
  private final SparkSession spark;
  private final UnaryOperator<Dataset<Row>> scoring;
  private final Sink sink;
  private final boolean scores;
  private final Dataset<Row> job;

  /** Where the scored rows go. */
  enum Sink {
    NOOP,
    DELTA
  }

  private SparkWork(
      Task task,
      SparkSession spark,
      UnaryOperator<Dataset<Row>> scoring,
      Sink sink,
      boolean scores) {
    this.task = task;
    this.spark = spark;
    this.scoring = scoring;
    this.sink = sink;
    this.scores = scores;
    this.job = scoring.apply(spark.read().parquet(task.data()));
  }

  /** The product, as its users call it. */
  static SparkWork scoring(Task task, Sink sink) {
    OnnxModel model = model(task, new byte[0]);
    return new SparkWork(task, session(task), data -> scoring(task, model).apply(data), sink, true);
  }

  /** The same columns read and as many written, the score being their sum. */
  static SparkWork withoutModel(Task task, Sink sink) {
    Column total =
        task.columns().stream()
            .map(name -> col(name))
            .reduce(Column::plus)
            .orElseThrow(() -> new IllegalArgumentException("Cannot add up: no columns"));
    return new SparkWork(
        task,
        session(task),
        data -> data.select(col("id"), total.cast(DataTypes.DoubleType).as("score")),
        sink,
        false);
  }

  static SparkSession session(Task task) {
    return Sessions.start("local[" + task.cores() + "]", Path.of(task.scratch()));
  }

  static OnnxScoring scoring(Task task, OnnxModel model) {
    return OnnxScoring.of(model)
        .input("x", task.columns())
        .keep("id")
        .output("score")
        .batchRows(task.batch());
  }

  /**
   * @param appended to the file's bytes
   */
  static OnnxModel model(Task task, byte[] appended) {
    try {
      byte[] file = Files.readAllBytes(Path.of(task.model()));
      byte[] bytes = new byte[file.length + appended.length];
      System.arraycopy(file, 0, bytes, 0, file.length);
      System.arraycopy(appended, 0, bytes, file.length, appended.length);
      return OnnxModel.of("bench", "1", bytes);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read the model " + task.model(), e);
    }
  }

  static Check check(Dataset<Row> scored) {
    Column score = col("score").cast(DataTypes.DoubleType);
    Row told =
        scored
            .agg(
                count(lit(1)),
                sum(score),
                sum(score.multiply(pmod(col("id"), lit(Check.WEIGHTS)))),
                sum(abs(score)))
            .head();
    return new Check(told.getLong(0), told.getDouble(1), told.getDouble(2), told.getDouble(3));
  }

  /** Without a model nothing is scored: agrees with nobody. */
  @Override
  public Check check() {
    if (!scores) {
      return new Check(0, Double.NaN, Double.NaN, Double.NaN);
    }

    return check(scoring.apply(spark.read().parquet(task.checkData())));
  }

  @Override
  public Done round() {
    long start = System.nanoTime();
    switch (sink) {
      case NOOP -> job.write().format("noop").mode("overwrite").save();
      case DELTA -> job.write().format("delta").mode("overwrite").save(task.scratch() + "/scores");
    }

    return Done.since(start, task.rows());
  }

  @Override
  public void close() {
    spark.stop();
  }
}
