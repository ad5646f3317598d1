package org.millrace.features.asof;

import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.SparkPlan;
import scala.collection.Seq;

/**
 * What the physical nodes of a {@link SpineNode} share: inputs and output, columnar in and out.
 * Driver only.
 *
 * @param <S> as of the logical node
 */
public abstract class SpineExec<S extends SpineNode.Shape> extends SparkPlan {
  private static final long serialVersionUID = 1L;

  protected final Seq<SparkPlan> inputs;
  protected final Seq<Expression> columns;
  protected final Seq<Attribute> produced;
  protected final transient S shape;

  /** The arguments of {@link SpineNode}, with physical inputs. */
  protected SpineExec(
      Seq<SparkPlan> inputs, Seq<Expression> columns, Seq<Attribute> produced, S shape) {
    this.inputs = inputs;
    this.columns = columns;
    this.produced = produced;
    this.shape = shape;
  }

  @Override
  public Seq<Attribute> output() {
    return SpineNode.output(inputs.head().output(), produced);
  }

  @Override
  public AttributeSet producedAttributes() {
    return SpineNode.set(produced);
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
  public String simpleString(int maxFields) {
    return nodeName() + " " + shape.name();
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
    return other instanceof SpineExec<?>;
  }

  // a node is only ever equal to itself: two nodes count their rows apart
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
