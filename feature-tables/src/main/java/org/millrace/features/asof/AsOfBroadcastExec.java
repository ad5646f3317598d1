package org.millrace.features.asof;

import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * The as-of join by {@link AsOfStrategy#BROADCAST}. Reads the views when it is executed.
 *
 * <p>Public only because Spark copies plan nodes by reflection. Driver only.
 */
public final class AsOfBroadcastExec extends SpineExec<AsOfShape> {
  private static final long serialVersionUID = 1L;

  /** The arguments of {@link AsOfNode}, with physical inputs. */
  public AsOfBroadcastExec(
      Seq<SparkPlan> inputs, Seq<Expression> columns, Seq<Attribute> produced, Object shape) {
    super(inputs, columns, produced, (AsOfShape) shape);
  }

  @Override
  public String nodeName() {
    return "AsOfJoin broadcast";
  }

  @Override
  public RDD<ColumnarBatch> doExecuteColumnar() {
    return new BroadcastJoin(session(), ScalaLists.list(inputs), ScalaLists.list(columns), shape)
        .rows()
        .rdd();
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return new AsOfBroadcastExec(children.toList(), columns, produced, shape);
  }
}
