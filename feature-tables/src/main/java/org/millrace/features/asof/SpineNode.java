package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Statistics;
import org.apache.spark.sql.execution.SparkStrategy;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Metadata;
import scala.collection.Seq;
import scala.math.BigInt;

/**
 * A spine with produced columns in a logical plan: the spine and what they come from as inputs, the
 * columns that are read as expressions, so that Spark prunes and pushes down below it as below its
 * own joins. Driver only.
 *
 * <p>A node that can be planned is public, and its constructor has the parameters of this one:
 * Spark copies plan nodes by reflection.
 *
 * @param <S> what the node is, apart from its inputs and columns
 */
public abstract class SpineNode<S extends SpineNode.Shape> extends LogicalPlan {
  private static final long serialVersionUID = 1L;

  private final Seq<LogicalPlan> inputs;
  private final Seq<Expression> columns;
  private final Seq<Attribute> produced;
  private final transient S shape;

  /** What a node is, apart from its inputs and columns; equal to no shape of another node. */
  public interface Shape {
    /** For EXPLAIN. */
    String name();
  }

  /**
   * A node.
   *
   * @param inputs the spine, then the others
   * @param columns as the shape reads them
   * @param produced output columns behind those of the spine, in order
   */
  protected SpineNode(
      Seq<LogicalPlan> inputs, Seq<Expression> columns, Seq<Attribute> produced, S shape) {
    this.inputs = inputs;
    this.columns = columns;
    this.produced = produced;
    this.shape = shape;
  }

  /** A new output column. */
  public static Attribute attribute(String name, DataType type, boolean isNullable) {
    return new AttributeReference(
        name,
        type,
        isNullable,
        Metadata.empty(),
        NamedExpression.newExprId(),
        ScalaLists.seq(List.of()));
  }

  /** The rows of this node, in a session that plans it by {@code planner} from now on. */
  public final Dataset<Row> rows(SparkSession session, SparkStrategy planner) {
    synchronized (SpineNode.class) {
      List<SparkStrategy> strategies =
          new ArrayList<>(ScalaLists.list(session.experimental().extraStrategies()));
      if (strategies.stream().noneMatch(planner.getClass()::isInstance)) {
        strategies.add(planner);
        session.experimental().extraStrategies_$eq(ScalaLists.seq(strategies));
      }
    }

    return Dataset.ofRows(session, this);
  }

  /** What the node is. */
  public final S shape() {
    return shape;
  }

  /** As {@link #shape} reads them. */
  public final Seq<Expression> columns() {
    return columns;
  }

  /** Output columns behind those of the spine, in order. */
  public final Seq<Attribute> produced() {
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

  /** As many rows as the spine, each wider by what is produced. */
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
    return other instanceof SpineNode<?>;
  }

  @Override
  public String simpleString(int maxFields) {
    return nodeName() + " " + shape.name();
  }

  // Spark's optimiser copies nodes, and stops when a copy equals what it had. Two nodes that are
  // no copies are never equal: their shapes hold counters of their own, compared by identity.
  @Override
  public boolean equals(Object other) {
    return other instanceof SpineNode<?> that
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
