package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.Seq;

/** Plans an {@link AsOfNode}. Driver only; stateless. */
final class AsOfPlanner extends SparkStrategy {
  private AsOfPlanner() {}

  /** Makes the session able to plan as-of joins, if it is not yet. */
  static synchronized void install(SparkSession session) {
    List<SparkStrategy> strategies =
        new ArrayList<>(ScalaLists.list(session.experimental().extraStrategies()));
    if (strategies.stream().noneMatch(AsOfPlanner.class::isInstance)) {
      strategies.add(new AsOfPlanner());
      session.experimental().extraStrategies_$eq(ScalaLists.seq(strategies));
    }
  }

  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    if (!(plan instanceof AsOfNode node)) {
      return ScalaLists.seq(List.of());
    }

    List<SparkPlan> inputs = new ArrayList<>();
    for (LogicalPlan input : ScalaLists.list(node.children())) {
      inputs.add(planLater(input));
    }

    return ScalaLists.seq(
        List.of(
            new AsOfMemoryExec(
                ScalaLists.seq(inputs), node.columns(), node.produced(), node.shape())));
  }
}
