package org.millrace.jobs.gate;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.GateGroups;
import org.millrace.contracts.definition.GateMeasure;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.jobs.evaluate.GroupDifferences;
import org.millrace.jobs.model.ClassAnswer;
import org.millrace.jobs.score.onnx.EngineChoice;
import org.millrace.jobs.score.onnx.OnnxScoring;

/** Measures what ranges of a gate name beside the evaluation, and nothing else. Driver only. */
final class MeasureVersion {
  private static final double MEBIBYTE = 1 << 20;
  private static final int SAMPLE_ROWS = 200;
  private static final List<Integer> BATCHES = List.of(1, 7, 4_096);
  private static final String KEY = "millrace_key__";
  private static final String SCORE = "millrace_score__";

  private final Pipeline pipeline;
  private final GateDefinition gate;
  private final Dataset<Row> rows;
  private final SliceScorer scorer;

  /**
   * Prepares.
   *
   * @param rows of the gate's slice
   * @param scorer of the version
   */
  MeasureVersion(Pipeline pipeline, Dataset<Row> rows, SliceScorer scorer) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.gate = pipeline.gate();
    this.rows = requireNonNull(rows, "rows is null");
    this.scorer = requireNonNull(scorer, "scorer is null");
  }

  /** What is named, by name. */
  Map<String, Double> measure() {
    Map<String, Double> measured = new LinkedHashMap<>();
    gate.groups().ifPresent(groups -> compareGroups(groups, measured));
    if (isNamed(GateMeasure.MODEL_MEBIBYTES)) {
      measured.put(GateMeasure.MODEL_MEBIBYTES.word(), scorer.model().length() / MEBIBYTE);
    }

    boolean byBatch = isNamed(GateMeasure.BATCH_SHAPE_DIFFERENCE);
    boolean byEngine = isNamed(GateMeasure.ENGINE_DIFFERENCE);
    if (byBatch || byEngine) {
      compareScores(byBatch, byEngine, measured);
    }

    return measured;
  }

  private boolean isNamed(GateMeasure measure) {
    return gate.ranges().containsKey(measure.word());
  }

  private void compareGroups(GateGroups groups, Map<String, Double> measured) {
    String label = pipeline.labelColumns().label();
    GroupDifferences found =
        GroupDifferences.of(
            scorer.score(rows, List.of(label, groups.column()), SCORE),
            groups.column(),
            label,
            SCORE,
            groups.positiveFrom(),
            groups.leastRows());
    measured.put(GateMeasure.DEMOGRAPHIC_PARITY_DIFFERENCE.word(), found.demographicParity());
    measured.put(GateMeasure.EQUALIZED_ODDS_DIFFERENCE.word(), found.equalizedOdds());
  }

  private void compareScores(boolean byBatch, boolean byEngine, Map<String, Double> measured) {
    Column key =
        xxhash64(
            pipeline.spine().id().stream().map(id -> col("`" + id + "`")).toArray(Column[]::new));
    Dataset<Row> sample =
        rows.withColumn(KEY, key).orderBy(col(KEY)).limit(SAMPLE_ROWS).coalesce(1).persist();
    try {
      Map<Long, List<Double>> usual = scores(sample, scorer.scoring());
      if (byBatch) {
        double most = 0;
        for (int batch : BATCHES) {
          most = Math.max(most, difference(usual, sample, scorer.scoring().batchRows(batch)));
        }

        measured.put(GateMeasure.BATCH_SHAPE_DIFFERENCE.word(), most);
      }

      if (byEngine) {
        measured.put(
            GateMeasure.ENGINE_DIFFERENCE.word(),
            difference(
                scores(sample, scorer.scoring().engine(EngineChoice.AUTO)),
                sample,
                scorer.scoring().engine(EngineChoice.ONNXRUNTIME)));
      }
    } finally {
      sample.unpersist();
    }
  }

  private static double difference(
      Map<Long, List<Double>> scores, Dataset<Row> sample, OnnxScoring other) {
    double most = 0;
    for (Map.Entry<Long, List<Double>> row : scores(sample, other).entrySet()) {
      List<Double> same = scores.getOrDefault(row.getKey(), List.of());
      for (int i = 0; i < row.getValue().size(); i++) {
        double usual = i < same.size() ? same.get(i) : Double.NaN;
        most = Math.max(most, Math.abs(row.getValue().get(i) - usual)); // NaN stays
      }
    }

    return most;
  }

  private static Map<Long, List<Double>> scores(Dataset<Row> sample, OnnxScoring scoring) {
    Map<Long, List<Double>> scores = new HashMap<>();
    scoring
        .keep(KEY)
        .output(SCORE)
        .apply(sample)
        .collectAsList()
        .forEach(row -> scores.put(row.getLong(0), ClassAnswer.numbers(row, 1)));
    return scores;
  }
}
