package org.millrace.jobs.gate;

import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.evaluate.Evaluator;
import org.millrace.jobs.evaluate.TaskMetrics;
import org.millrace.jobs.fit.Baselines;
import org.millrace.jobs.model.GoldenRows;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ModelContracts;
import org.millrace.jobs.model.VersionScoring;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.tables.TrainingSetTable;

/**
 * Scores a slice with a model's own file, as every night is scored (engine, device, nulls), and
 * evaluates it. Driver only.
 */
final class SliceEvaluation {
  private static final String SCORE = "score";

  private static final String ADVICE =
      "the training set is of a time when the version did not hold the alias, or of definitions that"
          + " no longer give what it needs; run `millrace training-set`, `millrace train` and"
          + " `millrace gate` with definitions that do";

  private final TableVersion set;
  private final Dataset<Row> rows;
  private final ScoringDefinition scoring;
  private final String label;
  private final ModelCache cache;
  private final ModelContracts contracts;
  private final ModelRegistry registry;
  private final Baselines baselines;
  private final TrainingDefinition training;
  private final Evaluator evaluator;

  SliceEvaluation(JobContext context, TableVersion set) {
    this.set = set;
    this.rows = TrainingSetTable.slice(context.lake(), set, TrainingSetTable.GATE);
    this.scoring = context.pipeline().scoring();
    this.label = context.pipeline().labelColumns().label();
    this.cache = ModelCache.of(context.lake(), context.progress());
    this.contracts = ModelContracts.of(context);
    this.registry = context.registry().get();
    this.baselines = new Baselines(context.lake(), context.pipeline(), context.progress());
    this.training = context.pipeline().training();
    this.evaluator = Evaluator.of(training.task(), training.classes());
  }

  /**
   * Prepares a version to score the slice as its contract says, after its golden rows were
   * compared.
   *
   * @throws org.millrace.contracts.MillraceException of category DATA_CONTRACT if the training set
   *     lacks a column that it needs, or a golden row has another score
   */
  SliceScorer scorer(ModelVersion version) {
    ModelContract contract = contracts.of(registry, version);
    VersionScoring.requireColumns(
        version.toString(), contract, set.toString(), Set.of(rows.columns()), ADVICE);
    ModelVersion known = cache.identified(registry, version);
    OnnxModel model =
        OnnxModel.read(known.name(), known.version(), known.sha256(), cache.onnx(registry, known));
    new GoldenRows(rows.sparkSession(), scoring).require(model, contract);
    return new SliceScorer(model, contract, scoring);
  }

  /** The rows of the slice. */
  Dataset<Row> rows() {
    return rows;
  }

  /** Evaluates a version as its contract says. */
  TaskMetrics evaluate(SliceScorer scorer) {
    return evaluate(scorer.scoring());
  }

  /**
   * Evaluates the baseline of the training set.
   *
   * @param content fingerprint of the set
   */
  TaskMetrics baseline(String content) {
    return evaluate(VersionScoring.baseline(baselines.of(set, content), training, scoring));
  }

  private TaskMetrics evaluate(OnnxScoring model) {
    Dataset<Row> scored = model.keep(label).output(SCORE).apply(rows);
    return evaluator.evaluate(scored, label, SCORE);
  }
}
