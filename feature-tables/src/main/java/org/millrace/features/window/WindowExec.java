package org.millrace.features.window;

import java.util.List;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.millrace.features.asof.EventBuckets;
import org.millrace.features.asof.ScalaLists;
import org.millrace.features.asof.SpineExec;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * Windowed aggregates, computed in buckets of keys; columnar in and out. Runs nothing before its
 * output is asked for.
 *
 * <p>Public only because Spark copies plan nodes by reflection. Driver only.
 */
public final class WindowExec extends SpineExec<WindowShape> {
  private static final long serialVersionUID = 1L;

  private final Integer buckets;

  /** The arguments of {@link WindowNode}, with physical inputs, and the number of buckets. */
  public WindowExec(
      Seq<SparkPlan> inputs,
      Seq<Expression> columns,
      Seq<Attribute> produced,
      Object shape,
      Integer buckets) {
    super(inputs, columns, produced, (WindowShape) shape);
    this.buckets = buckets;
  }

  @Override
  public RDD<ColumnarBatch> doExecuteColumnar() {
    WindowShape.Columns of = shape.columns(ScalaLists.list(columns));
    List<Output> outputs = shape.outputs(); // this node itself cannot travel to the tasks
    DataType[] types =
        ScalaLists.list(produced).stream().map(Expression::dataType).toArray(DataType[]::new);
    AsOfRange asOf = shape.asOf();
    List<SparkPlan> plans = ScalaLists.list(inputs);
    return new EventBuckets(
            plans.get(0),
            plans.get(1),
            of.spineKeys(),
            of.asOf(),
            of.eventKeys(),
            of.event(),
            of.known(),
            of.values(),
            shape.inclusive(),
            shape.longestMicros(),
            buckets)
        .aggregate(
            bucket -> new WindowBatches(bucket, outputs, types, asOf),
            shape.counters().spineRows(),
            shape.counters().rows())
        .rdd();
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return new WindowExec(children.toList(), columns, produced, shape, buckets);
  }

  @Override
  public String nodeName() {
    String partials = shape.partials().map(days -> ", " + days).orElse("");
    return "WindowAggregates buckets=" + buckets + partials;
  }

  @Override
  public int productArity() {
    return 5;
  }

  @Override
  public Object productElement(int i) {
    return i == 4 ? buckets : super.productElement(i);
  }
}
