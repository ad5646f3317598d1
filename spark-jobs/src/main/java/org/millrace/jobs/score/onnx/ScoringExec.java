package org.millrace.jobs.score.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * Scoring as an operator of Spark's physical plan. Where the child offers columns (a vectorised
 * scan, cached columns, another scoring) it takes columns and gives what is asked for, columns or
 * rows; else it takes and gives rows. Driver only; its functions run on executors.
 *
 * <p>Public for Spark, which copies nodes by their constructor; of no use elsewhere.
 */
public final class ScoringExec extends SparkPlan {
  private static final long serialVersionUID = 1L;

  private final SparkPlan child;
  private final Seq<Attribute> kept;
  private final Seq<Attribute> features;
  private final Seq<Attribute> scores;
  private final transient ScoringSpec spec; // generated code of other operators may refer to plans
  private transient @Nullable ScoringMetrics metrics;

  /** All parts, as in {@link ScoringNode}. */
  public ScoringExec(
      SparkPlan child,
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

  @Override
  public Seq<Attribute> output() {
    return ScoringNode.output(kept, scores);
  }

  @Override
  public AttributeSet producedAttributes() {
    return AttributeSet$.MODULE$.apply(ScalaSeqs.<Expression>of(ScalaSeqs.list(scores)));
  }

  @Override
  public Seq<SparkPlan> children() {
    return ScalaSeqs.of(List.of(child));
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return new ScoringExec(inColumns(children.head()), kept, features, scores, spec);
  }

  /**
   * Leaves out what only turns columns into rows: the transition that Spark puts below whoever
   * gives rows, and a projection that only picks and orders columns (partition columns stand last
   * in a scan), which are found by id here.
   */
  private static SparkPlan inColumns(SparkPlan child) {
    if (child instanceof ColumnarToRowExec transition) {
      return transition.child();
    } else if (child instanceof ProjectExec project
        && project.child().supportsColumnar()
        && ScalaSeqs.list(project.projectList()).stream().allMatch(Attribute.class::isInstance)) {
      return project.child();
    }

    return child;
  }

  @Override
  public boolean supportsColumnar() {
    return child.supportsColumnar();
  }

  /** Rows are made here, in one step with the scores. */
  @Override
  public boolean supportsRowBased() {
    return true;
  }

  @Override
  public Option<Seq<String>> vectorTypes() {
    List<Attribute> given = ScalaSeqs.list(child.output());
    Option<Seq<String>> types = child.vectorTypes();
    List<String> all = new ArrayList<>();
    for (int ordinal : ordinals(kept, given)) {
      all.add(types.isDefined() ? types.get().apply(ordinal) : ColumnVector.class.getName());
    }

    all.addAll(Collections.nCopies(scores.size(), OnHeapColumnVector.class.getName()));
    return Option.apply(ScalaSeqs.of(all));
  }

  @Override
  public Partitioning outputPartitioning() {
    return child.outputPartitioning();
  }

  @Override
  public Seq<SortOrder> outputOrdering() {
    return child.outputOrdering();
  }

  @Override
  public scala.collection.immutable.Map<String, SQLMetric> metrics() {
    return ownMetrics().byName();
  }

  private synchronized ScoringMetrics ownMetrics() {
    if (metrics == null) {
      metrics = new ScoringMetrics(sparkContext());
    }

    return metrics;
  }

  @Override
  public RDD<InternalRow> doExecute() {
    if (child.supportsColumnar()) {
      return child
          .executeColumnar()
          .toJavaRDD()
          .mapPartitionsWithIndex(new ScoreColumnsToRows(task()), true)
          .rdd();
    }

    return child.execute().toJavaRDD().mapPartitionsWithIndex(new ScoreRows(task()), true).rdd();
  }

  @Override
  public RDD<ColumnarBatch> doExecuteColumnar() {
    return child
        .executeColumnar()
        .toJavaRDD()
        .mapPartitionsWithIndex(new ScoreColumns(task()), true)
        .rdd();
  }

  private ScoringTask task() {
    List<Attribute> given = ScalaSeqs.list(child.output());
    List<Integer> all = ordinals(features, given);
    List<List<Integer>> byInput = new ArrayList<>();
    int first = 0;
    for (InputPlan input : spec.plan().inputs()) {
      int next = first + input.columns().size();
      byInput.add(List.copyOf(all.subList(first, next)));
      first = next;
    }

    List<DataType> types = ScalaSeqs.list(kept).stream().map(Attribute::dataType).toList();
    return new ScoringTask(
        spec.plan(),
        spec.model(),
        spec.tallies(),
        ownMetrics(),
        ordinals(kept, given),
        types,
        List.copyOf(byInput));
  }

  private static List<Integer> ordinals(Seq<Attribute> wanted, List<Attribute> given) {
    return ScalaSeqs.list(wanted).stream().map(column -> ordinal(column, given)).toList();
  }

  private static int ordinal(Attribute wanted, List<Attribute> given) {
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i).exprId().equals(wanted.exprId())) {
        return i;
      }
    }

    throw new IllegalStateException("Cannot find column " + wanted + " in " + given);
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
    return other instanceof ScoringExec;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScoringExec that
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
