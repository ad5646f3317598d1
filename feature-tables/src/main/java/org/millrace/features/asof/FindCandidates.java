package org.millrace.features.asof;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Streams keys and times of some of a view's partitions past the spine, in file order, and keeps
 * the best row for each slot. One task, one result; what it returns depends on its input alone, so
 * a task that runs again does no harm.
 *
 * <p>Placement: made on the driver, runs in tasks.
 */
final class FindCandidates implements FlatMapFunction<Iterator<Positioned>, byte[]> {
  private static final long serialVersionUID = 1L;

  /** Bits of a row's number that are its position in its partition. */
  static final int POSITION_BITS = 40;

  private final int view;
  private final Shared<TimeIndex> spine;
  private final KeyReader reader;
  private final ViewScan scan;
  private final Parcels parcels;

  @SuppressWarnings("unused") // written only, so that the loads of "touch" are not dropped
  private static volatile long sink;

  FindCandidates(
      int view, Shared<TimeIndex> spine, KeyReader reader, ViewScan scan, Parcels parcels) {
    this.view = view;
    this.spine = spine;
    this.reader = reader;
    this.scan = scan;
    this.parcels = parcels;
  }

  @Override
  public Iterator<byte[]> call(Iterator<Positioned> batches) {
    TimeIndex index = spine.value();
    Candidates candidates = new Candidates(index.slots(), scan.isOneTime());
    Pass pass = new Pass(index, candidates);
    int partition = -1;
    long row = 0;
    while (batches.hasNext()) {
      Positioned next = batches.next();
      if (next.partition() != partition) {
        partition = next.partition();
        row = (long) partition << POSITION_BITS;
      }

      pass.offer(next.batch(), row);
      row += next.batch().numRows();
    }

    return List.of(parcels.pack(new Found(view, candidates))).iterator();
  }

  /** Makes loads look needed, so that the compiler keeps them. */
  static void use(long touched) {
    if (touched == 42) {
      sink = touched;
    }
  }

  /** What one task found for one view. */
  record Found(int view, Candidates candidates) implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
  }

  /** The arrays of one pass. */
  private final class Pass {
    private final TimeIndex index;
    private final Candidates candidates;
    private final KeyBlock keys = new KeyBlock();
    private final ViewTimes times = new ViewTimes(scan.inclusive(), scan.isOneTime());
    private final ColumnVector[] keyColumns = new ColumnVector[scan.keys().length];
    private long[] ranges = new long[0];
    private int[] slots = new int[0];

    Pass(TimeIndex index, Candidates candidates) {
      this.index = index;
      this.candidates = candidates;
    }

    void offer(ColumnarBatch batch, long firstRow) {
      int rows = batch.numRows();
      for (int i = 0; i < keyColumns.length; i++) {
        keyColumns[i] = batch.column(scan.keys()[i]);
      }
      if (slots.length < rows) {
        slots = new int[rows];
        ranges = new long[rows];
      }

      reader.read(keyColumns, rows, index.seed, keys);
      times.read(batch.column(scan.event()), batch.column(scan.known()), rows, keys);
      long touched = 0;
      for (int from = 0; from < rows; from += TimeIndex.BLOCK) {
        int to = Math.min(rows, from + TimeIndex.BLOCK);
        touched += index.find(keys, times.usable, from, to, ranges, slots);
        if (index.slots() > 0) {
          touched += candidates.touch(slots, from, to);
          candidates.offer(slots, from, to, times.events, times.knowns, firstRow);
        }
      }
      use(touched);
    }
  }
}
