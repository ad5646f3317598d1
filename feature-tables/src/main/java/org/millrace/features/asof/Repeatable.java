package org.millrace.features.asof;

import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Range;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.View;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;

/**
 * Tells inputs that give the same rows at the same positions of the same partitions each time they
 * run: files (and rows held by the plan) behind nothing but row-by-row work that is deterministic.
 * What a shuffle delivers comes in another order each time. Driver only.
 */
final class Repeatable {
  private Repeatable() {}

  static boolean is(LogicalPlan plan) {
    if (plan instanceof LogicalRelation relation) {
      return relation.relation() instanceof HadoopFsRelation;
    }
    if (plan instanceof LocalRelation || plan instanceof Range) {
      return true;
    }

    boolean isRowByRow =
        plan instanceof Project
            || plan instanceof Filter
            || plan instanceof SubqueryAlias
            || plan instanceof View;
    return isRowByRow
        && ScalaLists.list(plan.expressions()).stream().allMatch(Expression::deterministic)
        && ScalaLists.list(plan.children()).stream().allMatch(Repeatable::is);
  }
}
