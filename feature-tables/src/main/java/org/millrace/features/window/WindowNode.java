package org.millrace.features.window;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Statistics;
import org.millrace.features.asof.ScalaLists;
import scala.collection.IndexedSeq;
import scala.collection.Seq;
import scala.math.BigInt;

/**
 * Windowed aggregates in a logical plan: the spine and the events as inputs, their columns as
 * expressions, so that Spark prunes and pushes down below it as below its own joins.
 *
 * <p>Public only because Spark copies plan nodes by reflection. Driver only.
 */
public final class WindowNode extends LogicalPlan {
  private static final long serialVersionUID = 1L;

  private final Seq<LogicalPlan> inputs;
  private final Seq<Expression> columns;
  private final Seq<Attribute> produced;
  private final transient WindowShape shape;

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
    this.inputs = inputs;
    this.columns = columns;
    this.produced = produced;
    this.shape = (WindowShape) shape;
  }

  WindowShape shape() {
    return shape;
  }

  Seq<Expression> columns() {
    return columns;
  }

  Seq<Attribute> produced() {
    return produced;
  }

  @Override
  public Seq<Attribute> output() {
    return output(inputs.head().output(), produced);
  }

  static Seq<Attribute> output(Seq<Attribute> spine, Seq<Attribute> produced) {
    List<Attribute> output = new ArrayList<>(ScalaLists.list(spine));
    output.addAll(ScalaLists.list(produced));
    return ScalaLists.seq(output);
  }

  @Override
  public AttributeSet producedAttributes() {
    return set(produced);
  }

  static AttributeSet set(Seq<Attribute> attributes) {
    return AttributeSet$.MODULE$.fromAttributeSets(
        ScalaLists.seq(
            ScalaLists.list(attributes).stream().map(AttributeSet$.MODULE$::apply).toList()));
  }

  /** As many rows as the spine, each wider by the aggregates. */
  @Override
  public Statistics stats() {
    Statistics spine = inputs.head().stats();
    long spineWidth = Math.max(8, 8L * inputs.head().output().size());
    long width = spineWidth + 8L * produced.size();
    return new Statistics(
        spine.sizeInBytes().$times(BigInt.apply(width)).$div(BigInt.apply(spineWidth)),
        spine.rowCount(),
        spine.attributeStats(),
        false);
  }

  @Override
  public Seq<LogicalPlan> children() {
    return inputs;
  }

  @Override
  public LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
    return new WindowNode(children.toList(), columns, produced, shape);
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
    return other instanceof WindowNode;
  }

  @Override
  public String nodeName() {
    return "WindowAggregates";
  }

  @Override
  public String simpleString(int maxFields) {
    return nodeName() + " " + shape.name();
  }

  // Spark's optimiser copies nodes, and stops when a copy equals what it had. Two aggregations are
  // never equal: their shapes hold counters of their own, which are compared by identity.
  @Override
  public boolean equals(Object other) {
    return other instanceof WindowNode that
        && shape.equals(that.shape)
        && inputs.equals(that.inputs)
        && columns.equals(that.columns)
        && produced.equals(that.produced);
  }

  @Override
  public int hashCode() {
    return Objects.hash(inputs, columns, produced, shape);
  }
}
