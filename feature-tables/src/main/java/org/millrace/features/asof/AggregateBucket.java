package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Brings the rows and events of one bucket into the order of an {@link EventBucket}. Events that no
 * row sees are dropped as they come.
 *
 * <p>Placement: made on the driver, runs in tasks.
 */
final class AggregateBucket
    implements FlatMapFunction2<Iterator<byte[]>, Iterator<byte[]>, ColumnarBatch> {
  private static final long serialVersionUID = 1L;

  private final boolean exact;
  private final ValueColumns spineColumns;
  private final ValueColumns eventColumns;
  private final long longestMicros;
  private final boolean oneTime;
  private final boolean inclusive;
  private final BucketAggregation aggregation;

  /**
   * @param exact whether keys are exact
   * @param longestMicros how old an event can be that counts for some row
   * @param oneTime whether the known time is the event time
   * @param inclusive whether an event known exactly at the as-of time counts
   */
  AggregateBucket(
      boolean exact,
      ValueColumns spineColumns,
      ValueColumns eventColumns,
      long longestMicros,
      boolean oneTime,
      boolean inclusive,
      BucketAggregation aggregation) {
    this.exact = exact;
    this.spineColumns = spineColumns;
    this.eventColumns = eventColumns;
    this.longestMicros = longestMicros;
    this.oneTime = oneTime;
    this.inclusive = inclusive;
    this.aggregation = aggregation;
  }

  @Override
  public Iterator<ColumnarBatch> call(Iterator<byte[]> spine, Iterator<byte[]> events) {
    List<TimeBlock> blocks = new ArrayList<>();
    List<ValueChunk> chunks = new ArrayList<>();
    int rows = 0;
    while (spine.hasNext()) {
      Bucketed part = Bucketed.read(spine.next(), !exact, false, spineColumns);
      blocks.add(part.times());
      chunks.add(part.values().all());
      rows = Math.addExact(rows, part.rows());
    }
    if (rows == 0) {
      return Collections.emptyIterator();
    }

    TimeIndex index = TimeSorter.index(blocks, 0, exact);
    EventRows seen = new EventRows(eventColumns.cells());
    while (events.hasNext()) {
      add(Bucketed.read(events.next(), !exact, !oneTime, eventColumns), index, seen);
    }

    OutputColumns output = new OutputColumns(new int[0]);
    output.add(table(chunks), spineColumns);
    return aggregation.aggregate(seen.bucket(index, places(index, rows), output));
  }

  private void add(Bucketed part, TimeIndex index, EventRows seen) {
    KeyBlock keys = part.times().keys()[0];
    if (!exact && index.seed != 0) {
      keys.hash(index.seed);
    }

    long[] times = part.times().asOf();
    ValueChunk values = part.values().all();
    long[] usable = new long[part.rows()];
    ViewTimes.usable(times, part.knowns(), part.rows(), inclusive, usable);
    long[] ranges = new long[part.rows()];
    int[] slots = new int[part.rows()];
    for (int from = 0; from < part.rows() && index.slots() > 0; from += TimeIndex.BLOCK) {
      int to = Math.min(part.rows(), from + TimeIndex.BLOCK);
      FindCandidates.use(index.find(keys, usable, from, to, ranges, slots));
      for (int i = from; i < to; i++) {
        if (slots[i] >= 0 && isYoung(index.times[slots[i]], times[i])) {
          seen.add(slots[i], times[i], part.knowns()[i], values, i);
        }
      }
    }
  }

  /** Whether an event counts for some window of the first row that sees it. */
  private boolean isYoung(long asOf, long event) {
    return Long.compareUnsigned(asOf - event, longestMicros) <= 0; // an age, which is not negative
  }

  private static ValueTable table(List<ValueChunk> chunks) {
    int[] firsts = new int[chunks.size() + 1];
    for (int i = 0; i < chunks.size(); i++) {
      firsts[i + 1] = firsts[i] + chunks.get(i).rows();
    }

    return new ValueTable(chunks.toArray(ValueChunk[]::new), firsts);
  }

  /** The rows by slot, then those that have none. */
  private static int[] places(TimeIndex index, int rows) {
    int[] places = java.util.Arrays.copyOf(index.rows, rows);
    boolean[] placed = new boolean[rows];
    for (int row : index.rows) {
      placed[row] = true;
    }

    int next = index.slots();
    for (int row = 0; row < rows; row++) {
      if (!placed[row]) {
        places[next++] = row;
      }
    }

    return places;
  }
}
