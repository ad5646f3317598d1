package org.millrace.features.asof;

import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.SparkPlan;
import scala.collection.Seq;

/** What the physical as-of joins share: inputs and output, columnar in and out. Driver only. */
abstract class AsOfExec extends SparkPlan {
  private static final long serialVersionUID = 1L;

  final Seq<SparkPlan> inputs;
  final Seq<Expression> columns;
  final Seq<Attribute> produced;
  final transient AsOfShape shape;

  AsOfExec(
      Seq<SparkPlan> inputs, Seq<Expression> columns, Seq<Attribute> produced, AsOfShape shape) {
    this.inputs = inputs;
    this.columns = columns;
    this.produced = produced;
    this.shape = shape;
  }

  /** A word for EXPLAIN. */
  abstract String strategy();

  @Override
  public Seq<Attribute> output() {
    return AsOfNode.output(inputs.head().output(), produced);
  }

  @Override
  public AttributeSet producedAttributes() {
    return AsOfNode.set(produced);
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
  public String nodeName() {
    return "AsOfJoin " + strategy();
  }

  @Override
  public String simpleString(int maxFields) {
    return nodeName() + " " + shape.views().stream().map(AsOfShape.View::name).toList();
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int i) {
    return switch (i) {
      case 0 -> inputs;
      case 1 -> columns;
      case 2 -> produced;
      default -> shape;
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof AsOfExec;
  }

  // a node is only ever equal to itself: two joins count their rows apart
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
