package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * The steps of {@link AsOfStrategy#BUCKETS}: spine and views, read once each, are cut into column
 * chunks by the hash of their keys and shuffled; each bucket is joined in memory. All views have
 * the same keys in the spine. Driver only.
 */
final class BucketJoin {
  private final List<SparkPlan> inputs;
  private final List<AsOfShape.Columns> columns;
  private final Attribute asOf;
  private final AsOfCounters counters;
  private final int buckets;
  private final KeyReader reader;
  private final Parcels parcels = Parcels.betweenJvms(); // shuffled bytes outlive any reference

  BucketJoin(List<SparkPlan> inputs, List<Expression> flat, AsOfShape shape, int buckets) {
    this.inputs = inputs;
    this.columns = shape.columns(flat);
    this.asOf = AsOfShape.asOf(flat);
    this.counters = shape.counters();
    this.buckets = buckets;
    this.reader = new KeyReader(columns.get(0).keys().stream().map(Expression::dataType).toList());
  }

  /** The enriched rows: the spine's columns, then those of the views. */
  JavaRDD<ColumnarBatch> rows() {
    List<Attribute> output = ScalaLists.list(inputs.get(0).output());
    ValueColumns spineColumns =
        ValueColumns.of(
            output.stream().map(Expression::dataType).toList(), output.size(), false, false);
    List<Attribute> spineKeys = columns.get(0).spineKeys();
    JavaPairRDD<Integer, byte[]> spine =
        cut(Bucketed.SPINE, spineKeys, asOf, asOf, true, output, spineColumns);
    List<JoinBucket.View> views = new ArrayList<>();
    JavaPairRDD<Integer, byte[]> facts = null;
    for (int i = 0; i < columns.size(); i++) {
      AsOfShape.Columns view = columns.get(i);
      boolean oneTime = view.event().exprId().equals(view.known().exprId());
      ValueColumns carried = view.valueColumns();
      views.add(new JoinBucket.View(carried, view.view().ttlMicros(), oneTime));
      JavaPairRDD<Integer, byte[]> one =
          cut(
              i,
              view.keys(),
              view.event(),
              view.known(),
              view.view().inclusive(),
              view.values(),
              carried);
      facts = facts == null ? one : facts.union(one);
    }

    HashPartitioner byBucket = new HashPartitioner(buckets);
    JoinBucket task = new JoinBucket(reader.isExact(), spineColumns, views, counters, parcels);
    return spine
        .partitionBy(byBucket)
        .values()
        .zipPartitions(
            java.util.Objects.requireNonNull(facts).partitionBy(byBucket).values(), task);
  }

  private JavaPairRDD<Integer, byte[]> cut(
      int view,
      List<Attribute> keys,
      Attribute event,
      Attribute known,
      boolean inclusive,
      List<Attribute> values,
      ValueColumns carried) {
    SparkPlan plan = inputs.get(view + 1); // the spine is -1
    int[] times = ordinals(plan, List.of(event, known));
    ViewScan scan = new ViewScan(ordinals(plan, keys), times[0], times[1], inclusive);
    return plan.executeColumnar()
        .toJavaRDD()
        .mapPartitionsToPair(
            new CutIntoBuckets(
                view, buckets, reader, scan, ordinals(plan, values), carried, parcels));
  }

  /** Where columns stand in a plan's output. */
  static int[] ordinals(SparkPlan plan, List<Attribute> wanted) {
    List<ExprId> ids =
        ScalaLists.list(plan.output()).stream().map(NamedExpression::exprId).toList();
    int[] ordinals = wanted.stream().mapToInt(column -> ids.indexOf(column.exprId())).toArray();
    if (Arrays.stream(ordinals).anyMatch(ordinal -> ordinal < 0)) {
      throw new IllegalStateException("not all of " + wanted + " in " + plan.output());
    }

    return ordinals;
  }
}
