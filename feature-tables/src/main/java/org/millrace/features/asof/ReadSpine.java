package org.millrace.features.asof;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads keys and as-of times of one partition of the spine, and counts its rows.
 *
 * <p>Placement: made on the driver, runs in tasks.
 */
final class ReadSpine implements FlatMapFunction<Iterator<ColumnarBatch>, byte[]> {
  private static final long serialVersionUID = 1L;

  private final int asOf;
  private final int[][] keys;
  private final KeyReader[] readers;
  private final AsOfCounters counters;
  private final Parcels parcels;

  /**
   * @param asOf ordinal of the as-of time
   * @param keys ordinals of the key columns, by key set
   * @param readers one for each key set
   */
  ReadSpine(int asOf, int[][] keys, KeyReader[] readers, AsOfCounters counters, Parcels parcels) {
    this.asOf = asOf;
    this.keys = keys;
    this.readers = readers;
    this.counters = counters;
    this.parcels = parcels;
  }

  @Override
  public Iterator<byte[]> call(Iterator<ColumnarBatch> batches) {
    long[] times = new long[0];
    boolean[] invalid = new boolean[0];
    KeyBlock[] all = new KeyBlock[keys.length];
    Arrays.setAll(all, set -> new KeyBlock());
    KeyBlock block = new KeyBlock();
    int rows = 0;
    while (batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      int count = batch.numRows();
      times = KeyBlock.room(times, Math.addExact(rows, count));
      invalid = readTimes(batch.column(asOf), count, rows, times, invalid);
      for (int set = 0; set < keys.length; set++) {
        readers[set].read(columns(batch, keys[set]), count, 0, block);
        all[set].append(block, !readers[set].isExact());
      }

      rows += count;
    }

    counters.in(rows);
    return List.of(parcels.pack(new TimeBlock(rows, times, invalid, all))).iterator();
  }

  private static boolean[] readTimes(
      ColumnVector column, int count, int before, long[] times, boolean[] invalid) {
    boolean[] marks = invalid;
    boolean hasNull = column.hasNull();
    if (hasNull || marks.length > 0) {
      marks = Arrays.copyOf(marks, Math.max(before + count, marks.length));
    }

    for (int i = 0; i < count; i++) {
      if (hasNull && column.isNullAt(i)) {
        marks[before + i] = true;
      } else {
        times[before + i] = column.getLong(i);
      }
    }

    return marks;
  }

  private static ColumnVector[] columns(ColumnarBatch batch, int[] ordinals) {
    return Arrays.stream(ordinals).mapToObj(batch::column).toArray(ColumnVector[]::new);
  }
}
