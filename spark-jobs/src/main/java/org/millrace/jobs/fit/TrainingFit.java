package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.millrace.registry.onnx.FeatureEncoding;

/**
 * How well a model fits the rows it was trained on: beside the gate's figures it shows overfitting,
 * alone it shows nothing. Driver only.
 *
 * @param metrics by name, such as {@code auc}
 */
record TrainingFit(Map<String, Double> metrics) {
  // The standard error of an AUC over that many rows is about 0.003; all rows of a season cost as
  // much time as a quarter of the training itself
  private static final long ENOUGH_ROWS = 50_000;
  private static final double SMALLEST_PROBABILITY = 1e-15;

  static TrainingFit of(SparkScorer scorer, TrainingRows rows) {
    Dataset<Row> scored =
        scorer
            .score(sample(rows))
            .select(col(TrainingRows.LABEL), col(FeatureEncoding.SCORE))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return new TrainingFit(
          switch (scorer.task()) {
            case BINARY -> ofProbabilities(scored);
            case REGRESSION -> ofNumbers(scored);
            case MULTICLASS -> throw new IllegalStateException("Spark's trees have one raw score");
          });
    } finally {
      scored.unpersist();
    }
  }

  private static Map<String, Double> ofProbabilities(Dataset<Row> scored) {
    Column score = col(FeatureEncoding.SCORE);
    Column right = when(col(TrainingRows.LABEL).equalTo(1), score).otherwise(lit(1).minus(score));
    double logLoss =
        scored
            .agg(avg(log(greatest(right, lit(SMALLEST_PROBABILITY))).multiply(-1)))
            .first()
            .getDouble(0);
    double auc =
        new BinaryClassificationEvaluator()
            .setLabelCol(TrainingRows.LABEL)
            .setRawPredictionCol(FeatureEncoding.SCORE)
            // no bins: their borders come from a sample that differs from run to run
            .setNumBins(0)
            .setMetricName("areaUnderROC")
            .evaluate(scored);
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("auc", auc);
    metrics.put("log_loss", logLoss);
    return metrics;
  }

  private static Map<String, Double> ofNumbers(Dataset<Row> scored) {
    Column error = col(FeatureEncoding.SCORE).minus(col(TrainingRows.LABEL));
    Row means = scored.agg(avg(error.multiply(error)), avg(abs(error))).first();
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("rmse", Math.sqrt(means.getDouble(0)));
    metrics.put("mae", means.getDouble(1));
    return metrics;
  }

  /** Every row of a small set; of a large one every n-th by the hash of its content. */
  private static Dataset<Row> sample(TrainingRows rows) {
    long every = Math.max(1, rows.used() / ENOUGH_ROWS);
    Column hash = xxhash64(ModelColumns.all(rows.rows()));
    return rows.rows().where(pmod(hash, lit(every)).equalTo(0));
  }

  Map<String, Double> metrics(String prefix) {
    Map<String, Double> named = new LinkedHashMap<>();
    metrics.forEach((metric, value) -> named.put(prefix + metric, value));
    return named;
  }
}
