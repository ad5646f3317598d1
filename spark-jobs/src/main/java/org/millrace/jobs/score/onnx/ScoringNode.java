package org.millrace.jobs.score.onnx;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.Option;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * Scoring as a node of Spark's logical plan: takes the kept and the feature columns of its child,
 * gives the kept ones and the scores. Driver only.
 *
 * <p>Public for Spark, which copies nodes by their constructor; of no use elsewhere. Attributes are
 * product elements, so that Spark's rules see and rewrite them.
 */
public final class ScoringNode extends LogicalPlan {
  private static final long serialVersionUID = 1L;

  private final LogicalPlan child;
  private final Seq<Attribute> kept;
  private final Seq<Attribute> features;
  private final Seq<Attribute> scores;
  private final ScoringSpec spec;

  /**
   * All parts.
   *
   * @param features columns of all model inputs, in their order
   */
  public ScoringNode(
      LogicalPlan child,
      Seq<Attribute> kept,
      Seq<Attribute> features,
      Seq<Attribute> scores,
      ScoringSpec spec) {
    this.child = child;
    this.kept = kept;
    this.features = features;
    this.scores = scores;
    this.spec = spec;
  }

  LogicalPlan child() {
    return child;
  }

  Seq<Attribute> kept() {
    return kept;
  }

  Seq<Attribute> features() {
    return features;
  }

  Seq<Attribute> scores() {
    return scores;
  }

  ScoringSpec spec() {
    return spec;
  }

  @Override
  public Seq<Attribute> output() {
    return output(kept, scores);
  }

  static Seq<Attribute> output(Seq<Attribute> kept, Seq<Attribute> scores) {
    List<Attribute> all = new ArrayList<>(ScalaSeqs.list(kept));
    all.addAll(ScalaSeqs.list(scores));
    return ScalaSeqs.of(all);
  }

  @Override
  public AttributeSet producedAttributes() {
    return AttributeSet$.MODULE$.apply(ScalaSeqs.<Expression>of(ScalaSeqs.list(scores)));
  }

  @Override
  public Seq<LogicalPlan> children() {
    return ScalaSeqs.of(List.of(child));
  }

  @Override
  public LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
    return new ScoringNode(children.head(), kept, features, scores, spec);
  }

  @Override
  public Option<Object> maxRows() {
    return child.maxRows();
  }

  @Override
  public Option<Object> maxRowsPerPartition() {
    return child.maxRowsPerPartition();
  }

  @Override
  public String nodeName() {
    return ScoringSpec.NODE_NAME;
  }

  @Override
  public scala.collection.Iterator<Object> stringArgs() {
    return spec.stringArgs(kept, features, scores);
  }

  @Override
  public int productArity() {
    return 5;
  }

  @Override
  public Object productElement(int index) {
    return switch (index) {
      case 0 -> child;
      case 1 -> kept;
      case 2 -> features;
      case 3 -> scores;
      case 4 -> spec;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ScoringNode;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScoringNode that
        && child.equals(that.child)
        && kept.equals(that.kept)
        && features.equals(that.features)
        && scores.equals(that.scores)
        && spec.equals(that.spec);
  }

  /** Spark's, over the product elements. */
  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
