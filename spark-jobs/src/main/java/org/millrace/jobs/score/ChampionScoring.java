package org.millrace.jobs.score;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ClassAnswer;
import org.millrace.jobs.model.VersionScoring;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.PredictionColumns;

/** Says how a champion scores rows of a spine with its features. Driver only. */
final class ChampionScoring {
  private final ScoringDefinition scoring;
  private final SpineDefinition spine;
  private final OnnxModel model;
  private final ModelContract contract;

  ChampionScoring(Pipeline pipeline, Champion champion, ModelContract contract) {
    this.contract = contract;
    this.scoring = pipeline.scoring();
    this.spine = pipeline.spine();
    this.model =
        OnnxModel.read(
            scoring.model(),
            champion.version().version(),
            champion.version().sha256(),
            champion.onnx());
  }

  /** What it scored, with all columns of the answer. */
  Dataset<Row> answers(Dataset<Row> scored) {
    return ClassAnswer.spread(scored, contract.classes());
  }

  /**
   * A scoring with counts of its own.
   *
   * @param more columns to keep beside those of the spine
   */
  OnnxScoring scorer(List<String> more) {
    return VersionScoring.of(model, contract, scoring)
        .keep(kept(more))
        .output(PredictionColumns.SCORE);
  }

  private String[] kept(List<String> more) {
    List<String> kept = new ArrayList<>(spine.id());
    kept.add(spine.day());
    kept.add(SpineFeatures.AS_OF);
    kept.addAll(spine.columns());
    kept.addAll(more);
    return kept.toArray(String[]::new);
  }
}
