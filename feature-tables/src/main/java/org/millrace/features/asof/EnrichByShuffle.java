package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.Tuple2;

/** Enriches a partition of the spine with values that were shuffled to it. Runs in tasks. */
final class EnrichByShuffle
    implements FlatMapFunction2<
        Iterator<Positioned>, Iterator<Tuple2<Integer, byte[]>>, ColumnarBatch> {
  private static final long serialVersionUID = 1L;

  private final int[] ordinals;
  private final List<ValueColumns> columns;
  private final List<Shared<Expected>> expected;
  private final AsOfCounters counters;

  /**
   * @param ordinals the spine's output columns in its batches
   * @param columns of the values, by view
   * @param expected one for each partition of the spine
   */
  EnrichByShuffle(
      int[] ordinals,
      List<ValueColumns> columns,
      List<Shared<Expected>> expected,
      AsOfCounters counters) {
    this.ordinals = ordinals;
    this.columns = columns;
    this.expected = expected;
    this.counters = counters;
  }

  /**
   * What one partition of the spine has to find.
   *
   * @param rows of it
   * @param views what it takes, by view
   */
  record Expected(int rows, List<WinnerTargets.Target> views) implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Iterator<ColumnarBatch> call(
      Iterator<Positioned> spine, Iterator<Tuple2<Integer, byte[]>> values) {
    if (!spine.hasNext()) {
      return Collections.emptyIterator();
    }

    Positioned first = spine.next(); // names the partition, which no task context does
    Expected mine = expected.get(first.partition()).value();
    Iterator<ColumnarBatch> batches =
        new Iterator<>() {
          private boolean started;

          @Override
          public boolean hasNext() {
            return !started || spine.hasNext();
          }

          @Override
          public ColumnarBatch next() {
            ColumnarBatch batch = started ? spine.next().batch() : first.batch();
            started = true;
            return batch;
          }
        };
    return new EnrichedBatches(
        batches, ordinals, enrichments(mine, values), 0, mine.rows(), counters);
  }

  private List<Enrichment> enrichments(Expected mine, Iterator<Tuple2<Integer, byte[]>> values) {
    List<ValueChunk[]> chunks = new ArrayList<>();
    for (WinnerTargets.Target view : mine.views()) {
      chunks.add(new ValueChunk[view.firstPlaces().length - 1]);
    }

    while (values.hasNext()) {
      FetchValues.Fetched fetched = ValueParcel.open(values.next()._2(), columns);
      chunks.get(fetched.view())[fetched.partition()] = fetched.values();
    }

    List<Enrichment> enrichments = new ArrayList<>();
    for (int view = 0; view < chunks.size(); view++) {
      ValueChunk[] ofView = chunks.get(view);
      for (int i = 0; i < ofView.length; i++) {
        if (ofView[i] == null) {
          ofView[i] = new ValueChunk(columns.get(view), 0); // nothing was wanted of it
        }
      }

      WinnerTargets.Target target = mine.views().get(view);
      ValueTable table = new ValueTable(ofView, target.firstPlaces());
      int[] places = target.places().unpackedInts();
      table.decide(target.ties(), places);
      enrichments.add(new Enrichment(table, columns.get(view), places));
    }

    return enrichments;
  }
}
