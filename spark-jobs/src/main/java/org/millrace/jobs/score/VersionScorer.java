package org.millrace.jobs.score;

import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ClassAnswer;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.model.VersionScoring;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;

/** How a version scores rows of a spine with its features. Driver only. */
final class VersionScorer {
  private final ScoringDefinition scoring;
  private final OnnxModel model;
  private final ModelContract contract;

  VersionScorer(ScoringDefinition scoring, Champion version, ContractViews needed) {
    this.contract = needed.contract();
    this.scoring = scoring;
    this.model =
        OnnxModel.read(
            scoring.model(),
            version.version().version(),
            version.version().sha256(),
            version.onnx());
  }

  /** What it scored, with all columns of the answer. */
  Dataset<Row> answers(Dataset<Row> scored) {
    return ClassAnswer.spread(scored, contract.classes());
  }

  /** The columns that it is fed from. */
  List<String> columns() {
    return contract.columns();
  }

  /**
   * A scoring with counts of its own.
   *
   * @param keep columns to hand on
   * @param output name of the score's column
   */
  OnnxScoring scorer(Set<String> keep, String output) {
    return VersionScoring.of(model, contract, scoring)
        .keep(keep.toArray(String[]::new))
        .output(output);
  }
}
