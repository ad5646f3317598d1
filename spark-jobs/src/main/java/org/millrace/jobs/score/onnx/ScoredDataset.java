package org.millrace.jobs.score.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.Metadata;

/** Puts the scoring node over the features. Driver only; stateless. */
final class ScoredDataset {
  private ScoredDataset() {}

  static Dataset<Row> of(
      Dataset<Row> features,
      ScoringPlan plan,
      OnnxModel model,
      ChosenEngine engine,
      ScoringAccumulator counts) {
    SparkSession spark = features.sparkSession();
    ScoringStrategy.install(spark);
    spark.sparkContext().register(counts);
    Dataset<Row> needed = needed(features, plan);
    List<Attribute> given = ScalaSeqs.list(needed.queryExecution().analyzed().output());
    List<Attribute> scores = plan.outputs().stream().map(ScoredDataset::attribute).toList();
    ScoringSpec spec =
        new ScoringSpec(
            plan,
            model.toString(),
            engine.description(),
            JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(model),
            counts);
    LogicalPlan node =
        new ScoringNode(
            needed.queryExecution().analyzed(),
            ScalaSeqs.of(named(plan.kept(), given)),
            ScalaSeqs.of(named(plan.inputColumns(), given)),
            ScalaSeqs.of(scores),
            spec);
    return renamed(Dataset.ofRows(spark, node), plan);
  }

  /**
   * Only the columns that are kept or fed, in the features' own order: so that the optimizer prunes
   * the scan, and need not put it in another order.
   */
  private static Dataset<Row> needed(Dataset<Row> features, ScoringPlan plan) {
    Set<String> names = new LinkedHashSet<>(plan.kept());
    names.addAll(plan.inputColumns());
    return features.select(
        Arrays.stream(features.columns())
            .filter(names::contains)
            .map(name -> column(features, name))
            .toArray(Column[]::new));
  }

  /** Scores as aliases: Spark gives aliases new ids where the dataset is joined with itself. */
  private static Dataset<Row> renamed(Dataset<Row> scored, ScoringPlan plan) {
    List<Column> columns = new ArrayList<>();
    plan.kept().forEach(name -> columns.add(column(scored, name)));
    for (OutputPlan output : plan.outputs()) {
      columns.add(column(scored, output.column()).as(output.column()));
    }

    return scored.select(columns.toArray(Column[]::new));
  }

  private static List<Attribute> named(List<String> names, List<Attribute> given) {
    return names.stream()
        .map(name -> given.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow())
        .toList();
  }

  private static Attribute attribute(OutputPlan output) {
    return new AttributeReference(
        output.column(),
        output.type(),
        false,
        Metadata.empty(),
        NamedExpression.newExprId(),
        ScalaSeqs.of(List.of()));
  }

  private static Column column(Dataset<Row> features, String name) {
    return features.col("`" + name.replace("`", "``") + "`");
  }
}
