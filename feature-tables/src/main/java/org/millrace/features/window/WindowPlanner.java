package org.millrace.features.window;

import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import org.apache.spark.sql.internal.SQLConf;
import org.millrace.features.asof.ScalaLists;
import scala.collection.Seq;
import scala.math.BigInt;

/** Plans a {@link WindowNode}. Driver only; stateless. */
final class WindowPlanner extends SparkStrategy {
  // estimates of files are of compressed bytes: a bucket's share may be several times as large
  private static final long BUCKET_BYTES = 32L << 20;
  private static final int MOST_BUCKETS = 1000;

  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    return ScalaLists.seq(plan instanceof WindowNode node ? List.of(plan(node)) : List.of());
  }

  private SparkPlan plan(WindowNode node) {
    List<SparkPlan> inputs =
        ScalaLists.list(node.children()).stream().map(this::planLater).toList();
    return new WindowExec(
        ScalaLists.seq(inputs), node.columns(), node.produced(), node.shape(), buckets(node));
  }

  /**
   * How many buckets, so that rows and events of each fit in memory beside those of other tasks.
   */
  private static int buckets(WindowNode node) {
    int parallelism = SparkSession.active().sparkContext().defaultParallelism();
    BigInt bytes = BigInt.apply(0);
    for (LogicalPlan input : ScalaLists.list(node.children())) {
      bytes = bytes.$plus(input.stats().sizeInBytes());
    }

    if (bytes.$greater$eq(BigInt.apply(SQLConf.get().defaultSizeInBytes()))) {
      return Math.max(parallelism, SQLConf.get().numShufflePartitions()); // size unknown
    }

    BigInt wanted = bytes.$div(BigInt.apply(BUCKET_BYTES)).$plus(BigInt.apply(1));
    BigInt most = BigInt.apply(MOST_BUCKETS);
    return Math.max(parallelism, (wanted.$less(most) ? wanted : most).intValue());
  }
}
