package org.millrace.jobs.gate;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.jobs.model.VersionScoring;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;

/**
 * A version that scores rows of the gate's slice as it scores nights. Driver only.
 *
 * @param model its file
 * @param contract what it needs and gives
 * @param definition how nights are scored
 */
record SliceScorer(OnnxModel model, ModelContract contract, ScoringDefinition definition) {
  /** A scoring of its own. */
  OnnxScoring scoring() {
    return VersionScoring.of(model, contract, definition);
  }

  /**
   * Rows with scores; lazy.
   *
   * @param keep columns to keep
   * @param score column of the scores; of several classes an array of probabilities
   */
  Dataset<Row> score(Dataset<Row> rows, List<String> keep, String score) {
    return scoring().keep(keep.toArray(String[]::new)).output(score).apply(rows);
  }
}
