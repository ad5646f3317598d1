package org.millrace.jobs.gate;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Digest;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.evaluate.BinaryMetrics;
import org.millrace.jobs.evaluate.EvaluatePredictions;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.score.onnx.EngineChoice;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;

/**
 * Scores a slice with a model's own file, as every night is scored (engine, device, nulls), and
 * evaluates it. Driver only.
 */
final class SliceEvaluation {
  private static final String SCORE = "score";

  private final Dataset<Row> rows;
  private final ScoringDefinition scoring;
  private final String label;
  private final ModelCache cache;
  private final ModelRegistry registry;

  SliceEvaluation(
      Dataset<Row> rows,
      ScoringDefinition scoring,
      String label,
      ModelCache cache,
      ModelRegistry registry) {
    this.rows = rows;
    this.scoring = scoring;
    this.label = label;
    this.cache = cache;
    this.registry = registry;
  }

  BinaryMetrics model(ModelVersion version) {
    Path onnx = cache.onnx(registry, version);
    return evaluate(
        OnnxModel.read(version.name(), version.version(), version.sha256(), onnx),
        EngineChoice.valueOf(scoring.engine().name()));
  }

  BinaryMetrics baseline(ModelVersion version) {
    Path onnx = cache.file(registry, version, ModelFiles.BASELINE);
    return evaluate(
        OnnxModel.read(version.name() + ".baseline", version.version(), Digest.sha256(onnx), onnx),
        EngineChoice.AUTO); // never scores a night: the definition's may not be for its kind
  }

  private BinaryMetrics evaluate(OnnxModel model, EngineChoice engine) {
    Dataset<Row> scored =
        OnnxScoring.of(model)
            .inputsByName() // each version has its own
            .keep(label)
            .output(SCORE)
            .settings(scoring)
            .engine(engine)
            .apply(rows);
    return EvaluatePredictions.evaluate(scored, label, SCORE);
  }
}
