package org.millrace.jobs.fit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.DecisionTreeRegressionModel;
import org.apache.spark.ml.regression.GBTRegressionModel;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.TreeEnsemble;

/** Spark's gradient-boosted trees: fitted, and read out as plain data. Driver only. */
final class BoostedTrees {
  /**
   * Spark's logistic loss is {@code 2 log(1 + exp(-2 y margin))} with y of -1 and 1; so the
   * probability of label 1 is {@code 1 / (1 + exp(-2 margin))}.
   */
  private static final double LOGISTIC_FACTOR = 2;

  private final SparkScorer scorer;
  private final Fitted model;

  private BoostedTrees(SparkScorer scorer, Fitted model) {
    this.scorer = scorer;
    this.model = model;
  }

  /** What a model of Spark has, whatever it predicts. */
  private record Fitted(
      List<DecisionTreeRegressionModel> trees, Vector weights, Vector importances) {
    static Fitted of(Transformer stage) {
      if (stage instanceof GBTRegressionModel model) {
        return new Fitted(
            List.of(model.trees()), Vectors.dense(model.treeWeights()), model.featureImportances());
      }

      GBTClassificationModel model = (GBTClassificationModel) stage;
      return new Fitted(
          List.of(model.trees()), Vectors.dense(model.treeWeights()), model.featureImportances());
    }
  }

  static BoostedTrees fit(
      Dataset<Row> rows, FeatureEncoding encoding, Task task, TrainingDefinition.Trees settings) {
    PipelineStage trainer =
        switch (task) {
          case BINARY -> classifier(settings);
          case REGRESSION -> regressor(settings);
          case MULTICLASS -> throw new IllegalStateException("Spark's trees have one raw score");
        };
    PipelineModel pipeline =
        new Pipeline()
            .setStages(new PipelineStage[] {assembler(encoding), trainer})
            .fit(ModelColumns.encode(rows, encoding));
    return new BoostedTrees(
        new SparkScorer(encoding, pipeline, task), Fitted.of(pipeline.stages()[1]));
  }

  private static PipelineStage classifier(TrainingDefinition.Trees settings) {
    return new GBTClassifier()
        .setLabelCol(TrainingRows.LABEL)
        .setFeaturesCol(SparkScorer.FEATURES)
        .setProbabilityCol(SparkScorer.PROBABILITY)
        .setMaxIter(settings.count())
        .setMaxDepth(settings.depth())
        .setStepSize(settings.stepSize())
        .setSubsamplingRate(settings.subsample())
        .setMaxBins(settings.bins())
        .setSeed(settings.seed())
        .setFeatureSubsetStrategy("all");
  }

  private static PipelineStage regressor(TrainingDefinition.Trees settings) {
    return new GBTRegressor()
        .setLabelCol(TrainingRows.LABEL)
        .setFeaturesCol(SparkScorer.FEATURES)
        .setPredictionCol(SparkScorer.PREDICTION)
        .setMaxIter(settings.count())
        .setMaxDepth(settings.depth())
        .setStepSize(settings.stepSize())
        .setSubsamplingRate(settings.subsample())
        .setMaxBins(settings.bins())
        .setSeed(settings.seed())
        .setFeatureSubsetStrategy("all");
  }

  SparkScorer scorer() {
    return scorer;
  }

  /** Factor of the trees' sum before the link. */
  double marginFactor() {
    return scorer.task() == Task.BINARY ? LOGISTIC_FACTOR : 1;
  }

  /** Shares of the gain, by column name; they sum to 1. */
  Map<String, Double> importances() {
    List<String> names = scorer.encoding().names();
    Map<String, Double> shares = new LinkedHashMap<>();
    for (int feature = 0; feature < names.size(); feature++) {
      shares.put(names.get(feature), model.importances().apply(feature));
    }

    return shares;
  }

  TreeEnsemble ensemble() {
    List<TreeEnsemble.Tree> plain = new ArrayList<>();
    for (DecisionTreeRegressionModel tree : model.trees()) {
      plain.add(new TreeEnsemble.Tree(model.weights().apply(plain.size()), plain(tree.rootNode())));
    }

    return new TreeEnsemble(plain);
  }

  /** Columns carry no nominal metadata, so trees take the codes of categories for numbers. */
  private static VectorAssembler assembler(FeatureEncoding encoding) {
    return new VectorAssembler()
        .setInputCols(
            encoding.names().stream().map(ModelColumns::encodedName).toArray(String[]::new))
        .setOutputCol(SparkScorer.FEATURES);
  }

  private static TreeEnsemble.Node plain(Node node) {
    if (node instanceof InternalNode inner) {
      if (!(inner.split() instanceof ContinuousSplit split)) {
        throw new IllegalStateException("A split on categories, though none was declared");
      }

      return new TreeEnsemble.Split(
          split.featureIndex(),
          split.threshold(),
          plain(inner.leftChild()),
          plain(inner.rightChild()));
    }

    return new TreeEnsemble.Leaf(node.prediction());
  }
}
