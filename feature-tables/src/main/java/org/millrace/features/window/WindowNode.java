package org.millrace.features.window;

import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.millrace.features.asof.SpineNode;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * Windowed aggregates in a logical plan: the spine and the events as inputs.
 *
 * <p>Public only because Spark copies plan nodes by reflection. Driver only.
 */
public final class WindowNode extends SpineNode<WindowShape> {
  private static final long serialVersionUID = 1L;

  /**
   * The aggregation.
   *
   * @param inputs the spine, then the events
   * @param columns as {@link WindowShape} reads them
   * @param produced output columns, in order
   * @param shape a {@link WindowShape}
   */
  public WindowNode(
      Seq<LogicalPlan> inputs, Seq<Expression> columns, Seq<Attribute> produced, Object shape) {
    super(inputs, columns, produced, (WindowShape) shape);
  }

  @Override
  public LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
    return new WindowNode(children.toList(), columns(), produced(), shape());
  }

  @Override
  public String nodeName() {
    return "WindowAggregates";
  }
}
