package org.millrace.jobs.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Causes;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.SqlText;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.onnx.TreeEnsemble;

/**
 * Trains gradient-boosted trees and a logistic baseline, and exports both to ONNX. The same rows
 * and definition give the same bytes, however the rows are stored. Driver only; stateless.
 */
public final class TrainModel {
  private static final String TREES_FILE = "model.onnx";
  private static final String BASELINE_FILE = "baseline.onnx";

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
   * @param label column of 0 and 1
   * @param workDir where {@code model.onnx} and {@code baseline.onnx} are written; made if absent
   * @param version of the training set, written into the models; empty where it is no table
   * @throws MillraceException DATA_CONTRACT where columns or label are not as the definition says
   */
  public TrainedModel train(
      Dataset<Row> trainingSet,
      TrainingDefinition definition,
      String label,
      Path workDir,
      Optional<TableVersion> version) {
    Phases phases = new Phases();
    try (TrainingRows rows =
        phases.time("read", () -> TrainingRows.of(trainingSet, definition, label))) {
      FeatureEncoding encoding =
          phases.time(
              "encode",
              () ->
                  new FitEncoding(rows.rows()).fit(definition.numeric(), definition.categorical()));
      BoostedTrees trees =
          phases.time("trees", () -> BoostedTrees.fit(rows.rows(), encoding, definition.trees()));
      LogisticBaseline baseline =
          phases.time(
              "baseline", () -> LogisticBaseline.fit(rows.rows(), encoding, definition.baseline()));
      Map<String, Double> metrics = new LinkedHashMap<>();
      phases.time("evaluate", () -> evaluate(rows, trees.scorer(), baseline.scorer(), metrics));
      Properties properties = new Properties(definition, version);
      return new TrainedModel(
          export(trees, workDir.resolve(TREES_FILE), properties),
          export(baseline, workDir.resolve(BASELINE_FILE), properties),
          rows.used(),
          rows.excluded(),
          highestFirst(trees.importances()),
          params(definition, rows),
          metrics,
          phases.seconds());
    }
  }

  private static Map<String, Double> evaluate(
      TrainingRows rows, SparkScorer trees, SparkScorer baseline, Map<String, Double> metrics) {
    metrics.putAll(TrainingFit.of(trees, rows).metrics("train."));
    metrics.putAll(TrainingFit.of(baseline, rows).metrics("train.baseline."));
    return metrics;
  }

  private static ExportedModel export(BoostedTrees model, Path file, Properties properties) {
    TreeEnsemble ensemble = model.ensemble();
    byte[] bytes =
        OnnxExport.trees(
            model.scorer().encoding(),
            ensemble,
            BoostedTrees.MARGIN_FACTOR,
            properties.of("gradient-boosted trees"));
    return written(file, bytes, model.scorer(), Optional.of(ensemble));
  }

  private static ExportedModel export(LogisticBaseline model, Path file, Properties properties) {
    byte[] bytes = OnnxExport.linear(model.linear(), properties.of("logistic regression"));
    return written(file, bytes, model.scorer(), Optional.empty());
  }

  private static ExportedModel written(
      Path file, byte[] bytes, SparkScorer scorer, Optional<TreeEnsemble> trees) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot write " + file + ": " + Causes.words(e), e);
    }

    return new ExportedModel(
        file,
        Digest.sha256(bytes),
        scorer.encoding().inputs(),
        scorer.encoding().outputs(),
        scorer,
        trees);
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
    params.put("baseline.iterations", Integer.toString(definition.baseline().iterations()));
    params.put("baseline.regularization", Double.toString(definition.baseline().regularization()));
    params.put("numeric", String.join(",", definition.numeric()));
    params.put("categorical", String.join(",", definition.categorical()));
    params.put("exclude", definition.exclude().map(SqlText::text).orElse(""));
    params.put("days", definition.days().toString());
    params.put("rows.used", Long.toString(rows.used()));
    params.put("rows.excluded", Long.toString(rows.excluded()));
    return params;
  }

  /** What an exported file says of its origin. */
  private record Properties(TrainingDefinition definition, Optional<TableVersion> version) {
    Map<String, String> of(String algorithm) {
      Map<String, String> properties = new TreeMap<>();
      properties.put("name", definition.model());
      properties.put("algorithm", algorithm);
      properties.put("definition", definition.hash());
      version.ifPresent(table -> properties.put("training_set", table.toString()));
      return properties;
    }
  }
}
