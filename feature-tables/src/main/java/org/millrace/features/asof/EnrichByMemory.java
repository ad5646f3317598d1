package org.millrace.features.asof;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Enriches a partition of the spine with values that stand in this JVM. Runs in tasks. */
final class EnrichByMemory
    implements Function2<Integer, Iterator<ColumnarBatch>, Iterator<ColumnarBatch>> {
  private static final long serialVersionUID = 1L;

  private final int[] ordinals;
  private final Shared<Spine> spine;
  private final AsOfCounters counters;

  /**
   * @param ordinals the spine's output columns in its batches
   */
  EnrichByMemory(int[] ordinals, Shared<Spine> spine, AsOfCounters counters) {
    this.ordinals = ordinals;
    this.spine = spine;
    this.counters = counters;
  }

  /**
   * What all rows of the spine take.
   *
   * @param views one each
   * @param starts first row of each partition, and the number of rows
   */
  @SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
  record Spine(List<Enrichment> views, int[] starts) {}

  @Override
  public Iterator<ColumnarBatch> call(Integer partition, Iterator<ColumnarBatch> batches) {
    Spine all = spine.value();
    return new EnrichedBatches(
        batches,
        ordinals,
        all.views(),
        all.starts()[partition],
        all.starts()[partition + 1],
        counters);
  }
}
