package org.millrace.jobs.fit;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.SqlText;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.onnx.TreeEnsemble;

/**
 * Trains gradient-boosted trees and exports them to ONNX. The same rows and definition give the
 * same bytes, however the rows are stored. Driver only; stateless.
 */
public final class TrainModel {
  private static final String TREES_FILE = "model.onnx";

  /** As the other {@code train}, where the training set is no pinned table. */
  public TrainedModel train(
      Dataset<Row> trainingSet, TrainingDefinition definition, String label, Path workDir) {
    return train(trainingSet, definition, label, workDir, Optional.empty());
  }

  /**
   * Trains and exports. What it makes is not checked yet: see {@link ExportCheck}.
   *
   * @param trainingSet the definition's columns and the label; any numeric type, missing values
   *     null or NaN; further columns are for the definition's {@code exclude} alone
   * @param label column of what came true
   * @param workDir where {@code model.onnx} is written; made if absent
   * @param version of the training set, written into the models; empty where it is no table
   * @throws MillraceException DEFINITION for more than two classes; DATA_CONTRACT where columns or
   *     label are not as the definition says
   */
  public TrainedModel train(
      Dataset<Row> trainingSet,
      TrainingDefinition definition,
      String label,
      Path workDir,
      Optional<TableVersion> version) {
    if (definition.task() == Task.MULTICLASS) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot train %s: Spark's gradient-boosted trees do not know more than two classes; name a program in 'trainer:' of conf/training/ (docs/trainers.md), or register a model of your own with `millrace register` and judge it with `millrace gate %s --version N`"
              .formatted(definition.model(), definition.model()));
    }

    Phases phases = new Phases();
    try (TrainingRows rows =
        phases.time("read", () -> TrainingRows.of(trainingSet, definition, label))) {
      FeatureEncoding encoding =
          phases.time(
              "encode",
              () ->
                  new FitEncoding(rows.rows()).fit(definition.numeric(), definition.categorical()));
      BoostedTrees trees =
          phases.time(
              "trees",
              () -> BoostedTrees.fit(rows.rows(), encoding, definition.task(), definition.trees()));
      TrainingFit fit = phases.time("evaluate", () -> TrainingFit.of(trees.scorer(), rows));
      return new TrainedModel(
          export(trees, workDir.resolve(TREES_FILE), ModelOrigin.of(definition, version)),
          rows.used(),
          rows.excluded(),
          highestFirst(trees.importances()),
          params(definition, rows),
          fit.metrics("train."),
          phases.seconds());
    }
  }

  private static ExportedModel export(BoostedTrees model, Path file, ModelOrigin origin) {
    TreeEnsemble ensemble = model.ensemble();
    byte[] bytes =
        OnnxExport.trees(
            model.scorer().encoding(),
            ensemble,
            ExportedModel.link(model.scorer().task()),
            model.marginFactor(),
            origin.properties("gradient-boosted trees"));
    return ExportedModel.written(file, bytes, model.scorer(), Optional.of(ensemble));
  }

  private static Map<String, Double> highestFirst(Map<String, Double> importances) {
    Map<String, Double> sorted = new LinkedHashMap<>();
    importances.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  private static Map<String, String> params(TrainingDefinition definition, TrainingRows rows) {
    Map<String, String> params = new TreeMap<>();
    TrainingDefinition.Trees trees = definition.trees();
    params.put("trees.count", Integer.toString(trees.count()));
    params.put("trees.depth", Integer.toString(trees.depth()));
    params.put("trees.step-size", Double.toString(trees.stepSize()));
    params.put("trees.subsample", Double.toString(trees.subsample()));
    params.put("trees.bins", Integer.toString(trees.bins()));
    params.put("trees.seed", Long.toString(trees.seed()));
    params.put("numeric", String.join(",", definition.numeric()));
    params.put("categorical", String.join(",", definition.categorical()));
    params.put("exclude", definition.exclude().map(SqlText::text).orElse(""));
    params.put("days", definition.days().toString());
    params.put("rows.used", Long.toString(rows.used()));
    params.put("rows.excluded", Long.toString(rows.excluded()));
    return params;
  }
}
