package org.millrace.jobs.score.onnx;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.ExperimentalMethods;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.Seq;

/** Plans {@link ScoringNode} as {@link ScoringExec}. Stateless; driver only. */
final class ScoringStrategy extends SparkStrategy {
  private static final ScoringStrategy INSTANCE = new ScoringStrategy();

  /** Makes the session able to plan scorings; a second time does nothing. */
  static void install(SparkSession spark) {
    ExperimentalMethods methods = spark.experimental();
    synchronized (methods) {
      Seq<SparkStrategy> installed = methods.extraStrategies();
      if (!installed.contains(INSTANCE)) {
        List<SparkStrategy> all = new ArrayList<>(ScalaSeqs.list(installed));
        all.add(INSTANCE);
        methods.extraStrategies_$eq(ScalaSeqs.of(all));
      }
    }
  }

  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    return plan instanceof ScoringNode node
        ? ScalaSeqs.<SparkPlan>of(
            List.of(
                new ScoringExec(
                    planLater(node.child()),
                    node.kept(),
                    node.features(),
                    node.scores(),
                    node.spec())))
        : ScalaSeqs.of(List.of());
  }
}
