package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Joins one bucket: its share of the spine in memory, sorted; the views streamed past it.
 *
 * <p>Placement: made on the driver, runs in tasks.
 */
final class JoinBucket
    implements FlatMapFunction2<Iterator<byte[]>, Iterator<byte[]>, ColumnarBatch> {
  private static final long serialVersionUID = 1L;

  private static final int BATCH = 4096;

  private final boolean exact;
  private final ValueColumns spineColumns;
  private final List<View> views;
  private final AsOfCounters counters;

  /**
   * @param exact whether keys are exact
   */
  JoinBucket(boolean exact, ValueColumns spineColumns, List<View> views, AsOfCounters counters) {
    this.exact = exact;
    this.spineColumns = spineColumns;
    this.views = views;
    this.counters = counters;
  }

  /** What a view carries, and how old its facts may be. */
  record View(ValueColumns columns, long ttlMicros, boolean inclusive, boolean oneTime)
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Iterator<ColumnarBatch> call(Iterator<byte[]> spine, Iterator<byte[]> facts) {
    List<TimeBlock> blocks = new ArrayList<>();
    List<ValueChunk> chunks = new ArrayList<>();
    int rows = 0;
    while (spine.hasNext()) {
      Bucketed part = Bucketed.read(spine.next(), !exact, false, spineColumns);
      blocks.add(part.times());
      chunks.add(part.values());
      rows = Math.addExact(rows, part.rows());
    }
    if (rows == 0) {
      return Collections.emptyIterator();
    }

    counters.in(rows);
    TimeIndex index = TimeSorter.index(blocks, 0, exact);
    List<HeldRows> held = new ArrayList<>();
    List<Candidates> candidates = new ArrayList<>();
    for (View view : views) {
      Candidates ofView = new Candidates(index.slots(), view.oneTime());
      candidates.add(ofView);
      held.add(new HeldRows(index, ofView));
    }

    offer(index, facts, candidates, held);
    return batches(chunks, rows, enrichments(index, candidates, held, rows));
  }

  private void offer(
      TimeIndex index, Iterator<byte[]> facts, List<Candidates> candidates, List<HeldRows> held) {
    long[] ranges = new long[TimeIndex.BLOCK];
    int[] slots = new int[TimeIndex.BLOCK];
    long[] usable = new long[TimeIndex.BLOCK];
    while (facts.hasNext()) {
      byte[] bytes = facts.next();
      View view = views.get(Bucketed.view(bytes));
      Bucketed part = Bucketed.read(bytes, !exact, !view.oneTime(), view.columns());
      HeldRows ofView = held.get(part.view());
      if (ranges.length < part.rows()) {
        ranges = new long[part.rows()];
        slots = new int[part.rows()];
        usable = new long[part.rows()];
      }

      long[] events = part.times().asOf();
      ViewTimes.usable(events, part.knowns(), part.rows(), view.inclusive(), usable);

      KeyBlock keys = part.times().keys()[0];
      if (!exact && index.seed != 0) {
        keys.hash(index.seed);
      }

      Candidates best = candidates.get(part.view());
      for (int from = 0; from < part.rows() && index.slots() > 0; from += TimeIndex.BLOCK) {
        int to = Math.min(part.rows(), from + TimeIndex.BLOCK);
        long touched = index.find(keys, usable, from, to, ranges, slots);
        FindCandidates.use(touched + best.touch(slots, from, to));
        best.offer(slots, from, to, events, part.knowns(), ofView.nextRow());
      }

      ofView.add(part.values());
    }
  }

  private List<Enrichment> enrichments(
      TimeIndex index, List<Candidates> candidates, List<HeldRows> held, int rows) {
    List<Enrichment> enrichments = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      int chunks = held.get(i).chunks();
      Winners winners = Winners.of(index, candidates.get(i), views.get(i).ttlMicros(), chunks);
      ValueTable values = held.get(i).values(winners);
      int[] places = winners.placeOfRow(rows);
      values.decide(winners.ties(), places);
      enrichments.add(new Enrichment(values, views.get(i).columns(), places));
    }

    return enrichments;
  }

  private Iterator<ColumnarBatch> batches(
      List<ValueChunk> chunks, int rows, List<Enrichment> enrichments) {
    int[] firsts = new int[chunks.size() + 1];
    for (int i = 0; i < chunks.size(); i++) {
      firsts[i + 1] = firsts[i] + chunks.get(i).rows();
    }

    ValueTable spine = new ValueTable(chunks.toArray(ValueChunk[]::new), firsts);
    int[] itself = new int[rows];
    java.util.Arrays.setAll(itself, row -> row);
    OutputColumns output = new OutputColumns(new int[0]);
    output.add(spine, spineColumns);
    enrichments.forEach(view -> output.add(view.values(), view.columns()));
    return new Iterator<>() {
      private int row;

      @Override
      public boolean hasNext() {
        return row < rows;
      }

      @Override
      public ColumnarBatch next() {
        int count = Math.min(BATCH, rows - row);
        output.load(0, itself, row, count);
        long[] matched = new long[enrichments.size()];
        for (int view = 0; view < matched.length; view++) {
          matched[view] = output.load(view + 1, enrichments.get(view).places(), row, count);
        }

        counters.out(count, matched);
        row += count;
        return output.behind(new ColumnarBatch(new ColumnVector[0], count));
      }
    };
  }
}
