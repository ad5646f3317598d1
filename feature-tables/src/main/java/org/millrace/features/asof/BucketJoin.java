package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
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
    List<Attribute> wanted = new ArrayList<>(columns.get(0).spineKeys());
    wanted.addAll(List.of(asOf, asOf));
    wanted.addAll(output);
    int keys = columns.get(0).spineKeys().size();
    JavaPairRDD<Integer, byte[]> spine = cut(Bucketed.SPINE, wanted, keys, true, spineColumns);
    List<JoinBucket.View> views = new ArrayList<>();
    JavaPairRDD<Integer, byte[]> facts = null;
    for (int i = 0; i < columns.size(); i++) {
      AsOfShape.Columns view = columns.get(i);
      boolean oneTime = view.event().exprId().equals(view.known().exprId());
      ValueColumns carried = view.valueColumns();
      views.add(
          new JoinBucket.View(carried, view.view().ttlMicros(), view.view().inclusive(), oneTime));
      JavaPairRDD<Integer, byte[]> one =
          cut(i, view.all(), view.keys().size(), view.view().inclusive(), carried);
      facts = facts == null ? one : facts.union(one);
    }

    HashPartitioner byBucket = new HashPartitioner(buckets);
    JoinBucket task = new JoinBucket(reader.isExact(), spineColumns, views, counters);
    return spine
        .partitionBy(byBucket)
        .values()
        .zipPartitions(
            java.util.Objects.requireNonNull(facts).partitionBy(byBucket).values(), task);
  }

  /**
   * Cuts an input.
   *
   * @param wanted keys, two times, carried columns
   */
  private JavaPairRDD<Integer, byte[]> cut(
      int view, List<Attribute> wanted, int keys, boolean inclusive, ValueColumns carried) {
    SparkPlan plan = inputs.get(view + 1); // the spine is -1
    ColumnarSource.Read read = ColumnarSource.of(plan).read(wanted);
    int[] at = read.ordinals();
    ViewScan scan = new ViewScan(Arrays.copyOf(at, keys), at[keys], at[keys + 1], inclusive);
    int[] values = Arrays.copyOfRange(at, keys + 2, at.length);
    return read.batches()
        .mapPartitionsToPair(new CutIntoBuckets(view, buckets, reader, scan, values, carried));
  }
}
