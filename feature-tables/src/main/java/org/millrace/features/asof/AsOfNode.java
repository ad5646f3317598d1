package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Statistics;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * The as-of join in a logical plan: the spine and the views as inputs, the columns of each as
 * expressions, so that Spark prunes and pushes down below it as below its own joins.
 *
 * <p>Public only because Spark copies plan nodes by reflection. Driver only.
 */
public final class AsOfNode extends LogicalPlan {
  private static final long serialVersionUID = 1L;

  private final Seq<LogicalPlan> inputs;
  private final Seq<Expression> columns;
  private final Seq<Attribute> produced;
  private final transient AsOfShape shape;

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
    this.inputs = inputs;
    this.columns = columns;
    this.produced = produced;
    this.shape = (AsOfShape) shape;
  }

  AsOfShape shape() {
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

  /** As many rows as the spine, each wider by the values. */
  @Override
  public Statistics stats() {
    Statistics spine = inputs.head().stats();
    long spineWidth = Math.max(8, 8L * inputs.head().output().size());
    long added = 8L * produced.size();
    return new Statistics(
        spine
            .sizeInBytes()
            .$times(scala.math.BigInt.apply(spineWidth + added))
            .$div(scala.math.BigInt.apply(spineWidth)),
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
    return new AsOfNode(children.toList(), columns, produced, shape);
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
    return other instanceof AsOfNode;
  }

  @Override
  public String nodeName() {
    return "AsOfJoin";
  }

  @Override
  public String simpleString(int maxFields) {
    return nodeName() + " " + shape.views().stream().map(AsOfShape.View::name).toList();
  }

  // Spark's optimiser copies nodes, and stops when a copy equals what it had. Two joins are never
  // equal: their shapes hold counters of their own, which are compared by identity.
  @Override
  public boolean equals(Object other) {
    return other instanceof AsOfNode that
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
