package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.Seq;

/**
 * Plans an {@link AsOfNode}: views that are small are looked up by broadcast, the others by one of
 * the ways for large ones, in a node below. Driver only; stateless.
 */
final class AsOfPlanner extends SparkStrategy {
  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    return ScalaLists.seq(plan instanceof AsOfNode node ? List.of(plan(node)) : List.of());
  }

  private SparkPlan plan(AsOfNode node) {
    AsOfSizes sizes = AsOfSizes.of(node);
    List<LogicalPlan> inputs = ScalaLists.list(node.children());
    int[] small = sizes.broadcastViews();
    int[] large =
        IntStream.range(0, inputs.size() - 1)
            .filter(view -> IntStream.of(small).noneMatch(other -> other == view))
            .toArray();
    SparkPlan spine = planLater(inputs.get(0));
    if (large.length == 0) {
      return join(node, AsOfStrategy.BROADCAST, spine, small, true, true);
    }

    SparkPlan joined = spine;
    List<int[]> nodes = largeNodes(node, sizes.largeStrategy(), large);
    for (int[] views : nodes) {
      boolean isFirst = joined == spine;
      boolean isLast = small.length == 0 && views == nodes.get(nodes.size() - 1);
      joined = join(node, sizes.largeStrategy(), joined, views, isFirst, isLast);
    }
    if (small.length > 0) {
      joined = join(node, AsOfStrategy.BROADCAST, joined, small, false, true);
    }

    return nodes.size() == 1 && small.length == 0 ? joined : inOrder(node, joined);
  }

  /** Views that one node can join: for buckets, those of the same keys. */
  private static List<int[]> largeNodes(AsOfNode node, AsOfStrategy strategy, int[] views) {
    if (strategy != AsOfStrategy.BUCKETS) {
      return List.of(views);
    }

    List<AsOfShape.Columns> columns = node.shape().columns(ScalaLists.list(node.columns()));
    Map<List<ExprId>, List<Integer>> byKeys = new LinkedHashMap<>();
    for (int view : views) {
      List<ExprId> keys =
          columns.get(view).spineKeys().stream().map(NamedExpression::exprId).toList();
      byKeys.computeIfAbsent(keys, absent -> new ArrayList<>()).add(view);
    }

    return byKeys.values().stream()
        .map(same -> same.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  private SparkPlan join(
      AsOfNode node,
      AsOfStrategy strategy,
      SparkPlan spine,
      int[] views,
      boolean isFirst,
      boolean isLast) {
    AsOfShape shape = node.shape();
    List<Expression> flat = ScalaLists.list(node.columns());
    List<Attribute> produced = ScalaLists.list(node.produced());
    List<SparkPlan> inputs = new ArrayList<>(List.of(spine));
    List<Expression> columns = new ArrayList<>(List.of(flat.get(0)));
    List<Attribute> output = new ArrayList<>();
    List<AsOfShape.View> shapes = new ArrayList<>();
    for (int view : views) {
      inputs.add(planLater(ScalaLists.list(node.children()).get(view + 1)));
      int[] columnsOf = shape.columnRange(view);
      columns.addAll(flat.subList(columnsOf[0], columnsOf[1]));
      int[] outputOf = shape.outputRange(view);
      output.addAll(produced.subList(outputOf[0], outputOf[1]));
      shapes.add(shape.views().get(view));
    }

    AsOfCounters counters = shape.counters().of(views, isFirst, isLast);
    AsOfShape part = new AsOfShape(List.copyOf(shapes), strategy, counters);
    Seq<SparkPlan> children = ScalaLists.seq(inputs);
    return switch (strategy) {
      case BROADCAST ->
          new AsOfBroadcastExec(children, ScalaLists.seq(columns), ScalaLists.seq(output), part);
      case MEMORY ->
          new AsOfMemoryExec(children, ScalaLists.seq(columns), ScalaLists.seq(output), part);
      case BUCKETS -> {
        int parallelism = SparkSession.active().sparkContext().defaultParallelism();
        yield new AsOfBucketsExec(
            children,
            ScalaLists.seq(columns),
            ScalaLists.seq(output),
            part,
            AsOfSizes.of(node).buckets(parallelism));
      }
      case AUTO, SORT -> throw new IllegalStateException(strategy + " is no plan node");
    };
  }

  /** A plan's columns stand in the order of the node it is for. */
  private static SparkPlan inOrder(AsOfNode node, SparkPlan plan) {
    List<NamedExpression> columns = new ArrayList<>(ScalaLists.list(node.output()));
    return new ProjectExec(ScalaLists.seq(columns), plan);
  }
}
