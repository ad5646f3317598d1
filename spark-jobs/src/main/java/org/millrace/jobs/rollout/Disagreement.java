package org.millrace.jobs.rollout;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.stat.Correlation;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.jobs.rollout.RolloutEvidence.Example;
import org.millrace.jobs.rollout.RolloutEvidence.Slice;
import org.millrace.jobs.tables.ChallengerColumns;

/**
 * How far the scores of two versions disagree on the same rows, whatever came true. Driver; a few
 * Spark jobs.
 */
final class Disagreement {
  private static final int EXAMPLES = 5;
  private static final int MOST_SLICES = 50;
  private static final String SCORES = "millrace_scores__";

  private final Pipeline pipeline;
  private final RolloutDefinition rollout;
  private final Column difference =
      col(ChallengerColumns.CHALLENGER_SCORE).minus(col(ChallengerColumns.CHAMPION_SCORE));

  Disagreement(Pipeline pipeline, RolloutDefinition rollout) {
    this.pipeline = pipeline;
    this.rollout = rollout;
  }

  /** The metrics of {@link RolloutDefinition#DISAGREEMENT}, as far as the task has them. */
  Map<String, Double> of(Dataset<Row> rows) {
    Row means = rows.agg(avg(difference), avg(abs(difference)), avg(flips())).first();
    Map<String, Double> measured = new LinkedHashMap<>();
    measured.put("rank_correlation", rankCorrelation(rows));
    measured.put("mean_difference", means.getDouble(0));
    measured.put("absolute_difference", means.getDouble(1));
    if (isBinary()) {
      measured.put("flip_rate", means.getDouble(2));
    }

    return measured;
  }

  private boolean isBinary() {
    return pipeline.training().task() == Task.BINARY;
  }

  /** Spearman's, ties with their mean rank. */
  private static double rankCorrelation(Dataset<Row> rows) {
    Dataset<Row> vectors =
        new VectorAssembler()
            .setInputCols(
                new String[] {ChallengerColumns.CHAMPION_SCORE, ChallengerColumns.CHALLENGER_SCORE})
            .setOutputCol(SCORES)
            .transform(
                rows.select(ChallengerColumns.CHAMPION_SCORE, ChallengerColumns.CHALLENGER_SCORE));
    Matrix matrix = Correlation.corr(vectors, SCORES, "spearman").first().getAs(0);
    return matrix.apply(0, 1);
  }

  /** 1 where the answer is yes for one version and no for the other. */
  private Column flips() {
    Column champion = col(ChallengerColumns.CHAMPION_SCORE).geq(rollout.decisionThreshold());
    Column challenger = col(ChallengerColumns.CHALLENGER_SCORE).geq(rollout.decisionThreshold());
    return when(champion.equalTo(challenger), 0.0).otherwise(1.0);
  }

  /** Of the parts of the definition's columns, the largest ones. */
  List<Slice> slices(Dataset<Row> rows) {
    List<Slice> slices = new ArrayList<>();
    for (String column : rollout.slices()) {
      Column part = col("`" + column + "`").cast("string");
      rows.groupBy(part.as("part"))
          .agg(count(lit(1)).as("rows"), avg(difference), avg(abs(difference)), avg(flips()))
          .orderBy(desc("rows"), col("part"))
          .limit(MOST_SLICES)
          .collectAsList()
          .forEach(
              row ->
                  slices.add(
                      new Slice(
                          column + "=" + row.get(0),
                          row.getLong(1),
                          row.getDouble(2),
                          row.getDouble(3),
                          isBinary() ? Optional.of(row.getDouble(4)) : Optional.empty())));
    }

    return slices;
  }

  /** The rows that differ most. */
  List<Example> examples(Dataset<Row> rows) {
    List<String> id = pipeline.spine().id();
    List<Column> columns = new ArrayList<>();
    id.forEach(name -> columns.add(col("`" + name + "`")));
    columns.add(col("`" + pipeline.spine().day() + "`"));
    columns.add(col(ChallengerColumns.CHAMPION_SCORE));
    columns.add(col(ChallengerColumns.CHALLENGER_SCORE));
    List<Column> order = new ArrayList<>(List.of(abs(difference).desc()));
    id.forEach(name -> order.add(col("`" + name + "`")));
    List<Example> examples = new ArrayList<>();
    for (Row row :
        rows.orderBy(order.toArray(Column[]::new))
            .limit(EXAMPLES)
            .select(columns.toArray(Column[]::new))
            .collectAsList()) {
      Map<String, String> key = new LinkedHashMap<>();
      id.forEach(name -> key.put(name, String.valueOf(row.<Object>getAs(name))));
      examples.add(
          new Example(
              key,
              String.valueOf(row.getLocalDate(id.size())),
              row.getDouble(id.size() + 1),
              row.getDouble(id.size() + 2)));
    }

    return examples;
  }
}
