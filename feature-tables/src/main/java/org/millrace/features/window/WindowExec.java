package org.millrace.features.window;

import java.util.List;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.millrace.features.asof.EventBuckets;
import org.millrace.features.asof.ScalaLists;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * Windowed aggregates, computed in buckets of keys; columnar in and out. Runs nothing before its
 * output is asked for.
 *
 * <p>Public only because Spark copies plan nodes by reflection. Driver only.
 */
public final class WindowExec extends SparkPlan {
  private static final long serialVersionUID = 1L;

  private final Seq<SparkPlan> inputs;
  private final Seq<Expression> columns;
  private final Seq<Attribute> produced;
  private final transient WindowShape shape;
  private final Integer buckets;

  /** The arguments of {@link WindowNode}, with physical inputs, and the number of buckets. */
  public WindowExec(
      Seq<SparkPlan> inputs,
      Seq<Expression> columns,
      Seq<Attribute> produced,
      Object shape,
      Integer buckets) {
    this.inputs = inputs;
    this.columns = columns;
    this.produced = produced;
    this.shape = (WindowShape) shape;
    this.buckets = buckets;
  }

  @Override
  public Seq<Attribute> output() {
    return WindowNode.output(inputs.head().output(), produced);
  }

  @Override
  public AttributeSet producedAttributes() {
    return WindowNode.set(produced);
  }

  @Override
  public Seq<SparkPlan> children() {
    return inputs;
  }

  @Override
  public boolean supportsColumnar() {
    return true;
  }

  @Override
  public RDD<InternalRow> doExecute() {
    return new ColumnarToRowExec(this).execute(); // where no transition was planned above
  }

  @Override
  public RDD<ColumnarBatch> doExecuteColumnar() {
    WindowShape.Columns of = shape.columns(ScalaLists.list(columns));
    List<DataType> types = ScalaLists.list(produced).stream().map(Expression::dataType).toList();
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
            new WindowTask(shape.outputs(), types, shape.counters().rows()),
            shape.counters().spineRows())
        .rdd();
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return new WindowExec(children.toList(), columns, produced, shape, buckets);
  }

  @Override
  public String nodeName() {
    return "WindowAggregates buckets=" + buckets;
  }

  @Override
  public String simpleString(int maxFields) {
    return nodeName() + " " + shape.name();
  }

  @Override
  public int productArity() {
    return 5;
  }

  @Override
  public Object productElement(int i) {
    return switch (i) {
      case 0 -> inputs;
      case 1 -> columns;
      case 2 -> produced;
      case 3 -> shape;
      default -> buckets;
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof WindowExec;
  }

  // a node is only ever equal to itself: two aggregations count their rows apart
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
