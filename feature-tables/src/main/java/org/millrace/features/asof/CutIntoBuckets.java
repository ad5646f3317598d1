package org.millrace.features.asof;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Queue;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.Tuple2;

/**
 * Cuts an input by the hash of its keys into buckets of column chunks. A row of the spine that can
 * match nothing goes to some bucket; a row of a view that can never count is dropped.
 *
 * <p>Placement: made on the driver, runs in tasks.
 */
final class CutIntoBuckets
    implements PairFlatMapFunction<Iterator<ColumnarBatch>, Integer, byte[]> {
  private static final long serialVersionUID = 1L;

  private final int view;
  private final int buckets;
  private final KeyReader reader;
  private final ViewScan scan;
  private final int[] values;
  private final ValueColumns columns;

  /**
   * @param view number, or {@link Bucketed#SPINE}
   * @param scan where keys and times stand; both times of the spine are its as-of time
   * @param values ordinals of the columns that are carried
   */
  CutIntoBuckets(
      int view, int buckets, KeyReader reader, ViewScan scan, int[] values, ValueColumns columns) {
    this.view = view;
    this.buckets = buckets;
    this.reader = reader;
    this.scan = scan;
    this.values = values;
    this.columns = columns;
  }

  @Override
  public Iterator<Tuple2<Integer, byte[]>> call(Iterator<ColumnarBatch> batches) {
    Cut cut = new Cut();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (cut.ready.isEmpty() && batches.hasNext()) {
          cut.add(batches.next());
        }
        if (cut.ready.isEmpty()) {
          cut.flush();
        }

        return !cut.ready.isEmpty();
      }

      @Override
      public Tuple2<Integer, byte[]> next() {
        return cut.ready.remove();
      }
    };
  }

  /** The state of one task. */
  private final class Cut {
    private final Queue<Tuple2<Integer, byte[]>> ready = new ArrayDeque<>();
    private final BucketWriter[] writers = new BucketWriter[buckets];
    private final KeyBlock keys = new KeyBlock();
    private final ViewTimes times = new ViewTimes(scan.inclusive(), scan.isOneTime());
    private final int[][] picked = new int[buckets][0];
    private final int[] counts = new int[buckets];
    private int spread;

    Cut() {
      Arrays.setAll(
          writers, b -> new BucketWriter(view, !reader.isExact(), !scan.isOneTime(), columns));
    }

    void add(ColumnarBatch batch) {
      int rows = batch.numRows();
      ColumnVector[] keyColumns = columns(batch, scan.keys());
      reader.read(keyColumns, rows, 0, keys);
      times.read(batch.column(scan.event()), batch.column(scan.known()), rows, keys);
      split(rows);
      ColumnVector[] vectors = columns(batch, values);
      boolean[] invalid = view == Bucketed.SPINE ? invalid(rows) : new boolean[0];
      for (int b = 0; b < buckets; b++) {
        if (counts[b] > 0) {
          writers[b].add(keys, times, invalid, vectors, picked[b], counts[b]);
          if (writers[b].isFull()) {
            send(b);
          }
        }
      }
    }

    private void split(int rows) {
      Arrays.fill(counts, 0);
      for (int i = 0; i < rows; i++) {
        boolean counted = times.usable[i] != Long.MAX_VALUE;
        if (counted || view == Bucketed.SPINE) {
          long hash = counted ? TimeIndex.mix(keys.keys[i]) : spread++;
          int bucket = (int) ((hash & Integer.MAX_VALUE) % buckets);
          if (counts[bucket] == picked[bucket].length) {
            picked[bucket] = Arrays.copyOf(picked[bucket], Math.max(256, 2 * counts[bucket]));
          }

          picked[bucket][counts[bucket]++] = i;
        }
      }
    }

    private boolean[] invalid(int rows) {
      boolean[] invalid = new boolean[rows];
      boolean any = false;
      for (int i = 0; i < rows; i++) {
        invalid[i] = times.usable[i] == Long.MAX_VALUE;
        any |= invalid[i];
      }

      return any ? invalid : new boolean[0];
    }

    private void send(int bucket) {
      ready.add(new Tuple2<>(bucket, writers[bucket].take()));
    }

    void flush() {
      for (int b = 0; b < buckets; b++) {
        if (!writers[b].isEmpty()) {
          send(b);
        }
      }
    }
  }

  private static ColumnVector[] columns(ColumnarBatch batch, int[] ordinals) {
    return Arrays.stream(ordinals).mapToObj(batch::column).toArray(ColumnVector[]::new);
  }
}
