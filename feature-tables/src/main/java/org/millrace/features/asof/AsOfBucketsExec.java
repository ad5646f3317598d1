package org.millrace.features.asof;

import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * The as-of join by {@link AsOfStrategy#BUCKETS}. Runs nothing before its output is asked for.
 *
 * <p>Public only because Spark copies plan nodes by reflection. Driver only.
 */
public final class AsOfBucketsExec extends SpineExec<AsOfShape> {
  private static final long serialVersionUID = 1L;

  private final Integer buckets;

  /** The arguments of {@link AsOfNode}, with physical inputs, and the number of buckets. */
  public AsOfBucketsExec(
      Seq<SparkPlan> inputs,
      Seq<Expression> columns,
      Seq<Attribute> produced,
      Object shape,
      Integer buckets) {
    super(inputs, columns, produced, (AsOfShape) shape);
    this.buckets = buckets;
  }

  @Override
  public String nodeName() {
    return "AsOfJoin buckets=" + buckets;
  }

  @Override
  public int productArity() {
    return 5;
  }

  @Override
  public Object productElement(int i) {
    return i == 4 ? buckets : super.productElement(i);
  }

  @Override
  public RDD<ColumnarBatch> doExecuteColumnar() {
    return new BucketJoin(ScalaLists.list(inputs), ScalaLists.list(columns), shape, buckets)
        .rows()
        .rdd();
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return new AsOfBucketsExec(children.toList(), columns, produced, shape, buckets);
  }
}
