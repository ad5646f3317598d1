package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Shuffles a spine and events by the hash of their keys, as chunks of columns, and aggregates the
 * events in each bucket. Each input is read once. Driver only.
 *
 * @param spine its columns come out, all of atomic types
 * @param events of which only the columns named here are read
 * @param spineKeys columns of the spine
 * @param asOf TIMESTAMP column of the spine
 * @param eventKeys columns of the events, each paired with one of the spine
 * @param event TIMESTAMP column of the events
 * @param known TIMESTAMP column of the events, which can be the same
 * @param values columns of the events, at most {@link EventBucket#MOST_VALUES}
 * @param inclusive whether an event known exactly at the as-of time counts
 * @param longestMicros how old an event can be that counts for some row
 * @param buckets how many
 */
public record EventBuckets(
    SparkPlan spine,
    SparkPlan events,
    List<Attribute> spineKeys,
    Attribute asOf,
    List<Attribute> eventKeys,
    Attribute event,
    Attribute known,
    List<Attribute> values,
    boolean inclusive,
    long longestMicros,
    int buckets) {

  /** Whether values of a type can pass as columns of the spine. */
  public static boolean holds(DataType type) {
    return Cell.holds(type);
  }

  /**
   * What the aggregation gives for each bucket.
   *
   * @param spineRows counts the rows of the spine before they are shuffled
   * @param rows counts the rows that come out
   */
  public JavaRDD<ColumnarBatch> aggregate(
      BucketAggregation aggregation, RowCounter spineRows, RowCounter rows) {
    KeyReader reader = new KeyReader(spineKeys.stream().map(Expression::dataType).toList());
    List<Attribute> output = ScalaLists.list(spine.output());
    ValueColumns spineColumns = columns(output);
    ValueColumns eventColumns = columns(values);
    HashPartitioner byBucket = new HashPartitioner(buckets);
    List<Attribute> ofSpine = new ArrayList<>(spineKeys);
    ofSpine.addAll(List.of(asOf, asOf));
    ofSpine.addAll(output);
    List<Attribute> ofEvents = new ArrayList<>(eventKeys);
    ofEvents.addAll(List.of(event, known));
    ofEvents.addAll(values);
    ColumnarSource.Read spineRead = ColumnarSource.of(spine).read(ofSpine);
    ColumnarSource.Read eventRead = ColumnarSource.of(events).read(ofEvents);
    ViewScan eventScan = scan(eventRead.ordinals(), inclusive);
    AggregateBucket task =
        new AggregateBucket(
            reader.isExact(),
            spineColumns,
            eventColumns,
            longestMicros,
            eventScan.isOneTime(),
            inclusive,
            aggregation);
    JavaRDD<ColumnarBatch> counted =
        spineRead.batches().mapPartitions(new CountBatches(spineRows), true);
    return counted
        .mapPartitionsToPair(
            cut(
                Bucketed.SPINE,
                spineRead.ordinals(),
                scan(spineRead.ordinals(), true),
                reader,
                spineColumns))
        .partitionBy(byBucket)
        .values()
        .zipPartitions(
            eventRead
                .batches()
                .mapPartitionsToPair(cut(0, eventRead.ordinals(), eventScan, reader, eventColumns))
                .partitionBy(byBucket)
                .values(),
            task)
        .mapPartitions(new CountBatches(rows), true);
  }

  private static ValueColumns columns(List<Attribute> columns) {
    List<DataType> types = columns.stream().map(Expression::dataType).toList();
    return ValueColumns.of(types, types.size(), false, false);
  }

  private ViewScan scan(int[] at, boolean isInclusive) {
    int keys = spineKeys.size();
    return new ViewScan(Arrays.copyOf(at, keys), at[keys], at[keys + 1], isInclusive);
  }

  private CutIntoBuckets cut(
      int input, int[] at, ViewScan scan, KeyReader reader, ValueColumns carried) {
    int[] ordinals = Arrays.copyOfRange(at, spineKeys.size() + 2, at.length);
    return new CutIntoBuckets(input, buckets, reader, scan, ordinals, carried);
  }
}
