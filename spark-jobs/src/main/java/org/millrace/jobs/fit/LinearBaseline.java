package org.millrace.jobs.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.OneHotEncoderModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.LinearModel;
import org.millrace.registry.onnx.OnnxExport;
import scala.collection.JavaConverters;

/**
 * Logistic, multinomial logistic or linear regression on the same rows, numbers scaled and
 * categories one-hot: what each version must beat. Driver only.
 */
final class LinearBaseline {
  private static final String ONE_HOT = "one_hot__";

  private final SparkScorer scorer;

  private LinearBaseline(SparkScorer scorer) {
    this.scorer = scorer;
  }

  static LinearBaseline fit(
      Dataset<Row> rows,
      FeatureEncoding encoding,
      Task task,
      TrainingDefinition.Baseline settings) {
    List<PipelineStage> stages = new ArrayList<>();
    if (!encoding.categorical().isEmpty()) {
      // "keep" gives a code that no training row had a slot of its own, and the last slot is
      // dropped
      stages.add(
          new OneHotEncoder()
              .setInputCols(categories(encoding, ModelColumns::encodedName))
              .setOutputCols(categories(encoding, LinearBaseline::oneHotName))
              .setHandleInvalid("keep"));
    }

    stages.add(
        new VectorAssembler()
            .setInputCols(
                Stream.concat(
                        encoding.numeric().stream()
                            .map(column -> ModelColumns.encodedName(column.name())),
                        Stream.of(categories(encoding, LinearBaseline::oneHotName)))
                    .toArray(String[]::new))
            .setOutputCol(SparkScorer.FEATURES));
    stages.add(
        switch (task) {
          case BINARY -> logistic(settings);
          case REGRESSION -> linear(settings);
          case MULTICLASS -> logistic(settings).setFamily("multinomial");
        });
    PipelineModel pipeline =
        new Pipeline()
            .setStages(stages.toArray(new PipelineStage[0]))
            .fit(ModelColumns.encode(rows, encoding));
    return new LinearBaseline(new SparkScorer(encoding, pipeline, task));
  }

  private static LogisticRegression logistic(TrainingDefinition.Baseline settings) {
    return new LogisticRegression()
        .setLabelCol(TrainingRows.LABEL)
        .setFeaturesCol(SparkScorer.FEATURES)
        .setProbabilityCol(SparkScorer.PROBABILITY)
        .setStandardization(true)
        .setMaxIter(settings.iterations())
        .setRegParam(settings.regularization());
  }

  private static PipelineStage linear(TrainingDefinition.Baseline settings) {
    return new LinearRegression()
        .setLabelCol(TrainingRows.LABEL)
        .setFeaturesCol(SparkScorer.FEATURES)
        .setPredictionCol(SparkScorer.PREDICTION)
        .setStandardization(true)
        .setMaxIter(settings.iterations())
        .setRegParam(settings.regularization());
  }

  SparkScorer scorer() {
    return scorer;
  }

  /**
   * The model as an ONNX file.
   *
   * @param properties written into it
   */
  byte[] export(Map<String, String> properties) {
    List<LinearModel> margins =
        Fitted.of(scorer.pipeline(), scorer.task()).stream().map(this::linear).toList();
    return scorer.task() == Task.MULTICLASS
        ? OnnxExport.softmax(margins, properties)
        : OnnxExport.linear(margins.get(0), ExportedModel.link(scorer.task()), properties);
  }

  /** A margin as a sum of numbers: a category's one-hot weight becomes its code. */
  private LinearModel linear(Fitted model) {
    FeatureEncoding encoding = scorer.encoding();
    List<Double> weights = new ArrayList<>();
    double intercept = model.intercept();
    for (FeatureEncoding.Numeric column : encoding.numeric()) {
      double weight = model.coefficients().apply(weights.size());
      weights.add(weight);
      intercept += weight * column.fill();
    }

    List<FeatureEncoding.Categorical> weighed = new ArrayList<>();
    int first = weights.size();
    for (FeatureEncoding.Categorical column : encoding.categorical()) {
      int size = slots(weighed.size());
      weighed.add(weighed(column, new Slots(model, first, size)));
      first += size;
    }

    return new LinearModel(new FeatureEncoding(encoding.numeric(), weighed), weights, intercept);
  }

  private int slots(int category) {
    return ((OneHotEncoderModel) scorer.pipeline().stages()[0]).categorySizes()[category];
  }

  private static FeatureEncoding.Categorical weighed(
      FeatureEncoding.Categorical column, Slots slots) {
    Map<String, Float> codes = column.codes();
    TreeMap<String, Float> weights = new TreeMap<>();
    codes.forEach((text, code) -> weights.put(text, slots.weight(code)));
    return new FeatureEncoding.Categorical(column.name(), weights, slots.weight(column.unknown()));
  }

  private record Slots(Fitted model, int first, int size) {
    float weight(float code) {
      return code < size ? (float) model.coefficients().apply(first + (int) code) : 0f;
    }
  }

  /** A margin of a model of Spark, whatever it predicts. */
  private record Fitted(Vector coefficients, double intercept) {
    /** One, or one for each class. */
    static List<Fitted> of(PipelineModel pipeline, Task task) {
      Transformer last = pipeline.stages()[pipeline.stages().length - 1];
      if (last instanceof LinearRegressionModel model) {
        return List.of(new Fitted(model.coefficients(), model.intercept()));
      }

      LogisticRegressionModel model = (LogisticRegressionModel) last;
      if (task != Task.MULTICLASS) {
        return List.of(new Fitted(model.coefficients(), model.intercept()));
      }

      List<Fitted> margins = new ArrayList<>();
      for (Vector row :
          JavaConverters.asJavaIterable(model.coefficientMatrix().rowIter().toIterable())) {
        margins.add(new Fitted(row, model.interceptVector().apply(margins.size())));
      }

      return margins;
    }
  }

  private static String oneHotName(String name) {
    return ONE_HOT + name;
  }

  private static String[] categories(FeatureEncoding encoding, UnaryOperator<String> naming) {
    return encoding.categorical().stream()
        .map(column -> naming.apply(column.name()))
        .toArray(String[]::new);
  }
}
