package org.millrace.features.asof;

import java.util.List;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * The as-of join by {@link AsOfStrategy#MEMORY}. Runs its jobs when it is executed, as a broadcast
 * does; what it returns reads the spine a second time.
 *
 * <p>Public only because Spark copies plan nodes by reflection. Driver only.
 */
public final class AsOfMemoryExec extends SpineExec<AsOfShape> {
  private static final long serialVersionUID = 1L;

  /** The arguments of {@link AsOfNode}, with physical inputs. */
  public AsOfMemoryExec(
      Seq<SparkPlan> inputs, Seq<Expression> columns, Seq<Attribute> produced, Object shape) {
    super(inputs, columns, produced, (AsOfShape) shape);
  }

  @Override
  public String nodeName() {
    return "AsOfJoin memory";
  }

  @Override
  public RDD<ColumnarBatch> doExecuteColumnar() {
    List<ColumnarSource> sources =
        ScalaLists.list(inputs).stream().map(ColumnarSource::of).toList();
    return new MemoryJoin(session(), sources, ScalaLists.list(columns), shape)
        .rows(ScalaLists.list(inputs.head().output()))
        .rdd();
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return new AsOfMemoryExec(children.toList(), columns, produced, shape);
  }
}
