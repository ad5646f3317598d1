package org.millrace.features.asof;

import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * The as-of join in a logical plan: the spine and the views as inputs.
 *
 * <p>Public only because Spark copies plan nodes by reflection. Driver only.
 */
public final class AsOfNode extends SpineNode<AsOfShape> {
  private static final long serialVersionUID = 1L;

  /**
   * The join.
   *
   * @param inputs the spine, then the views
   * @param columns as {@link AsOfShape} reads them
   * @param produced output columns of all views, in order
   * @param shape an {@link AsOfShape}
   */
  public AsOfNode(
      Seq<LogicalPlan> inputs, Seq<Expression> columns, Seq<Attribute> produced, Object shape) {
    super(inputs, columns, produced, (AsOfShape) shape);
  }

  @Override
  public LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
    return new AsOfNode(children.toList(), columns(), produced(), shape());
  }

  @Override
  public String nodeName() {
    return "AsOfJoin";
  }
}
