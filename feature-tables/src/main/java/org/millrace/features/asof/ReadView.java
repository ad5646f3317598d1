package org.millrace.features.asof;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads a partition of a small view whole: keys, times, values of the rows that can ever count.
 *
 * <p>Placement: made on the driver, runs in tasks.
 */
final class ReadView implements FlatMapFunction<Iterator<ColumnarBatch>, byte[]> {
  private static final long serialVersionUID = 1L;

  private final int view;
  private final KeyReader reader;
  private final ViewScan scan;
  private final int[] values;
  private final ValueColumns columns;
  private final Parcels parcels;

  /**
   * @param values ordinals of the value columns
   */
  ReadView(
      int view,
      KeyReader reader,
      ViewScan scan,
      int[] values,
      ValueColumns columns,
      Parcels parcels) {
    this.view = view;
    this.reader = reader;
    this.scan = scan;
    this.values = values;
    this.columns = columns;
    this.parcels = parcels;
  }

  /**
   * Rows of one partition, without those that never count.
   *
   * @param times keys, and from when each row can be seen
   * @param events microseconds, by row
   * @param knowns microseconds, by row
   */
  @SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
  record Rows(int view, TimeBlock times, long[] events, long[] knowns, ValueChunk values)
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Iterator<byte[]> call(Iterator<ColumnarBatch> batches) {
    KeyBlock keys = new KeyBlock();
    KeyBlock all = new KeyBlock();
    ViewTimes times = new ViewTimes(scan.inclusive(), scan.isOneTime());
    ValueChunk chunk = new ValueChunk(columns, 0);
    long[][] read = new long[3][0]; // usable, event, known
    int[] picked = new int[0];
    int rows = 0;
    while (batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      int count = batch.numRows();
      reader.read(columns(batch, scan.keys()), count, 0, keys);
      times.read(batch.column(scan.event()), batch.column(scan.known()), count, keys);
      picked = picked.length < count ? new int[count] : picked;
      int kept = pick(times, count, picked);
      all.append(keys, picked, kept, !reader.isExact());
      chunk.append(columns(batch, values), picked, kept);
      append(read, times, rows, picked, kept);
      rows += kept;
    }

    TimeBlock block = new TimeBlock(rows, read[0], new boolean[0], new KeyBlock[] {all});
    return List.of(parcels.pack(new Rows(view, block, read[1], read[2], chunk.trimmed())))
        .iterator();
  }

  private static int pick(ViewTimes times, int count, int[] picked) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (times.usable[i] != Long.MAX_VALUE) {
        picked[kept++] = i;
      }
    }

    return kept;
  }

  private static void append(long[][] read, ViewTimes times, int rows, int[] picked, int kept) {
    for (int i = 0; i < read.length; i++) {
      read[i] = KeyBlock.room(read[i], Math.addExact(rows, kept));
    }
    for (int i = 0; i < kept; i++) {
      read[0][rows + i] = times.usable[picked[i]];
      read[1][rows + i] = times.events[picked[i]];
      read[2][rows + i] = times.knowns[picked[i]];
    }
  }

  private static ColumnVector[] columns(ColumnarBatch batch, int[] ordinals) {
    return Arrays.stream(ordinals).mapToObj(batch::column).toArray(ColumnVector[]::new);
  }
}
