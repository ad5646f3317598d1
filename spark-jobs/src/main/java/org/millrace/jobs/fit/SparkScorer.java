package org.millrace.jobs.fit;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Task;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.registry.onnx.FeatureEncoding;

/**
 * A model as Spark has it: what the exported one is checked against. Driver only.
 *
 * @param encoding of raw columns
 * @param pipeline from encoded columns to {@code features} and what the task predicts
 * @param task of the model
 */
public record SparkScorer(FeatureEncoding encoding, PipelineModel pipeline, Task task) {
  static final String FEATURES = "features__";
  static final String PROBABILITY = "probability__";
  static final String PREDICTION = "prediction__";

  /** Checks that all are there. */
  public SparkScorer {
    requireNonNull(encoding, "encoding is null");
    requireNonNull(pipeline, "pipeline is null");
    requireNonNull(task, "task is null");
  }

  /**
   * Adds the column {@code score}, what the task predicts as a double, or an array of them with one
   * for each class, and columns whose names end in two underscores.
   *
   * @param rows with the encoding's columns; missing values are null or NaN
   */
  public Dataset<Row> score(Dataset<Row> rows) {
    return pipeline
        .transform(ModelColumns.encode(rows, encoding))
        .withColumn(
            FeatureEncoding.SCORE,
            switch (task) {
              case BINARY -> vector_to_array(col(PROBABILITY), "float64").apply(1);
              case REGRESSION -> col(PREDICTION);
              case MULTICLASS -> vector_to_array(col(PROBABILITY), "float64");
            });
  }

  /** Numbers that a row's score has: of several classes one for each. */
  int width() {
    Transformer last = pipeline.stages()[pipeline.stages().length - 1];
    return task == Task.MULTICLASS && last instanceof LogisticRegressionModel model
        ? model.numClasses()
        : 1;
  }

  /** The output of an export. */
  List<ModelPackage.Field> outputs() {
    return List.of(new ModelPackage.Field(FeatureEncoding.SCORE, "float", width()));
  }
}
