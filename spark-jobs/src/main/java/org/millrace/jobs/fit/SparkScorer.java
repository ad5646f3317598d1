package org.millrace.jobs.fit;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;

import org.apache.spark.ml.PipelineModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.registry.onnx.FeatureEncoding;

/**
 * A model as Spark has it: what the exported one is checked against. Driver only.
 *
 * @param encoding of raw columns
 * @param pipeline from encoded columns to {@code features} and {@code probability}
 */
public record SparkScorer(FeatureEncoding encoding, PipelineModel pipeline) {
  static final String FEATURES = "features__";
  static final String PROBABILITY = "probability__";

  /** Checks that both are there. */
  public SparkScorer {
    requireNonNull(encoding, "encoding is null");
    requireNonNull(pipeline, "pipeline is null");
  }

  /**
   * Adds the column {@code score}, the probability of label 1 as a double, and columns whose names
   * end in two underscores.
   *
   * @param rows with the encoding's columns; missing values are null or NaN
   */
  public Dataset<Row> score(Dataset<Row> rows) {
    return pipeline
        .transform(ModelColumns.encode(rows, encoding))
        .withColumn(FeatureEncoding.SCORE, vector_to_array(col(PROBABILITY), "float64").apply(1));
  }
}
