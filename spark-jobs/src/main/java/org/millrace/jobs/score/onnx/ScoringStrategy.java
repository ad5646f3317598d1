package org.millrace.jobs.score.onnx;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.ExperimentalMethods;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
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
    List<SparkPlan> planned = new ArrayList<>();
    if (plan instanceof ScoringNode node) {
      planned.add(planned(node, node.scores()));
    } else if (plan instanceof Project project && project.child() instanceof ScoringNode node) {
      List<Attribute> renamed = renamedScores(ScalaSeqs.list(project.projectList()), node);
      if (!renamed.isEmpty()) {
        planned.add(planned(node, ScalaSeqs.of(renamed)));
      }
    }

    return ScalaSeqs.of(planned);
  }

  private SparkPlan planned(ScoringNode node, Seq<Attribute> scores) {
    return new ScoringExec(
        planLater(node.child()), node.kept(), node.features(), scores, node.spec());
  }

  /**
   * The names that a projection gives to the scores, where it does nothing else: the one that
   * {@link ScoredDataset} puts on top of every scoring would copy each row.
   *
   * @return empty where it does more
   */
  private static List<Attribute> renamedScores(List<NamedExpression> projected, ScoringNode node) {
    List<Attribute> given = ScalaSeqs.list(node.output());
    int kept = node.kept().size();
    List<Attribute> renamed = new ArrayList<>();
    if (projected.size() != given.size()) {
      return renamed;
    }

    for (int i = 0; i < given.size(); i++) {
      NamedExpression one = projected.get(i);
      boolean same =
          one instanceof Attribute attribute && attribute.exprId().equals(given.get(i).exprId());
      boolean alias =
          one instanceof Alias named
              && named.child() instanceof Attribute of
              && of.exprId().equals(given.get(i).exprId());
      if (i < kept ? !same : !same && !alias) {
        return new ArrayList<>();
      } else if (i >= kept) {
        renamed.add(one.toAttribute());
      }
    }

    return renamed;
  }
}
