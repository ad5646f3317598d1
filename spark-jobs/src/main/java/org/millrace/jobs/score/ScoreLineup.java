package org.millrace.jobs.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.jobs.challenger.Beside;
import org.millrace.jobs.challenger.Shares;
import org.millrace.jobs.prediction.ChallengerDays;
import org.millrace.jobs.prediction.ScoringTurn;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.score.onnx.ScoringCounts;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.ChallengerColumns;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Scores joined rows with the champion and, from the same rows in the same pass, with the
 * challenger; and decides whose score readers see. Driver only; what it returns is lazy. Used once.
 */
final class ScoreLineup {
  private final SpineDefinition spine;
  private final VersionScorer champion;
  private final String championVersion;
  private final Optional<Beside> beside;
  private final Optional<VersionScorer> challenger;
  private Optional<OnnxScoring> counted = Optional.empty();

  ScoreLineup(Pipeline pipeline, ScoringTurn turn) {
    this.spine = pipeline.spine();
    this.champion = new VersionScorer(pipeline.scoring(), turn.champion(), turn.needed());
    this.championVersion = turn.champion().version().version();
    this.beside = turn.challenger().map(ChallengerDays::beside);
    this.challenger =
        beside.map(of -> new VersionScorer(pipeline.scoring(), of.version(), of.needed()));
  }

  /**
   * The spine's columns, the score that readers see, whose it is, and with a challenger the scores
   * of both.
   *
   * @param more columns to keep beside those of the spine
   */
  Dataset<Row> apply(Dataset<Row> features, List<String> more) {
    Set<String> kept = kept(more);
    if (challenger.isEmpty()) {
      OnnxScoring scoring = champion.scorer(kept, PredictionColumns.SCORE);
      counted = Optional.of(scoring);
      return champion
          .answers(scoring.apply(features))
          .withColumn(PredictionColumns.MODEL_VERSION, lit(championVersion))
          .withColumn(PredictionColumns.VARIANT, lit(PredictionColumns.CHAMPION));
    }

    Set<String> first = new LinkedHashSet<>(kept);
    first.addAll(champion.columns());
    Dataset<Row> challenged =
        challenger.get().scorer(first, ChallengerColumns.CHALLENGER_SCORE).apply(features);
    Set<String> second = new LinkedHashSet<>(kept);
    second.add(ChallengerColumns.CHALLENGER_SCORE);
    OnnxScoring scoring = champion.scorer(second, ChallengerColumns.CHAMPION_SCORE);
    counted = Optional.of(scoring);
    return shared(scoring.apply(challenged), beside.orElseThrow());
  }

  /** What the champion's tasks have told. */
  ScoringCounts counts() {
    return counted.orElseThrow().counts();
  }

  private Dataset<Row> shared(Dataset<Row> scored, Beside beside) {
    Column isChallengers =
        beside.challenger().serves()
            ? Shares.number(beside.challenger().rollout(), beside.challenger().entity(), spine.id())
                .lt(beside.challenger().share())
            : lit(false);
    return scored
        .withColumn(
            PredictionColumns.SCORE,
            when(isChallengers, col(ChallengerColumns.CHALLENGER_SCORE))
                .otherwise(col(ChallengerColumns.CHAMPION_SCORE)))
        .withColumn(
            PredictionColumns.MODEL_VERSION,
            when(isChallengers, beside.version().version().version()).otherwise(championVersion))
        .withColumn(
            PredictionColumns.VARIANT,
            when(isChallengers, PredictionColumns.CHALLENGER)
                .otherwise(PredictionColumns.CHAMPION));
  }

  private Set<String> kept(List<String> more) {
    Set<String> kept = new LinkedHashSet<>(spine.id());
    kept.add(spine.day());
    kept.add(SpineFeatures.AS_OF);
    kept.addAll(spine.columns());
    kept.addAll(more);
    return kept;
  }
}
