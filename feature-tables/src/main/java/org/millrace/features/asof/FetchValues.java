package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.Tuple2;

/**
 * Reads the values of the wanted rows of one partition of a view, in file order, once for each
 * partition of the spine that wants them.
 *
 * <p>Placement: made on the driver, runs in tasks.
 */
final class FetchValues
    implements Function2<Integer, Iterator<ColumnarBatch>, Iterator<Tuple2<Integer, byte[]>>> {
  private static final long serialVersionUID = 1L;

  private final int view;
  private final List<Shared<Wanted>> wanted;
  private final int[] ordinals;
  private final ValueColumns columns;
  private final Parcels parcels;

  /**
   * @param wanted one for each partition of the view
   * @param ordinals of the value columns
   */
  FetchValues(
      int view,
      List<Shared<Wanted>> wanted,
      int[] ordinals,
      ValueColumns columns,
      Parcels parcels) {
    this.view = view;
    this.wanted = wanted;
    this.ordinals = ordinals;
    this.columns = columns;
    this.parcels = parcels;
  }

  /**
   * What is wanted of a partition.
   *
   * @param positions a bit for each
   * @param count how many
   * @param byTarget for each partition of the spine, numbers of wanted rows (0 for the first) as
   *     differences, each from the one before; empty where all go to one place
   */
  @SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
  record Wanted(long[] positions, int count, PackedLongs[] byTarget)
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
  }

  /** Values of one partition of a view, as they are handed to the driver in one JVM. */
  record Fetched(int view, int partition, ValueChunk values) implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Iterator<Tuple2<Integer, byte[]>> call(
      Integer partition, Iterator<ColumnarBatch> batches) {
    Wanted mine = wanted.get(partition).value();
    if (mine.byTarget().length == 0) {
      Share all = new Share(columns, mine.count());
      fetch(mine, batches, List.of(all));
      Fetched fetched = new Fetched(view, partition, all.values.trimmed());
      return List.of(new Tuple2<>(0, parcels.pack(fetched))).iterator();
    }

    List<Share> shares = new ArrayList<>();
    for (PackedLongs numbers : mine.byTarget()) {
      shares.add(new Share(columns, numbers));
    }

    fetch(mine, batches, shares);
    return IntStream.range(0, shares.size())
        .filter(target -> shares.get(target).values.rows() > 0)
        .mapToObj(
            target ->
                new Tuple2<>(target, ValueParcel.pack(view, partition, shares.get(target).values)))
        .iterator();
  }

  private void fetch(Wanted mine, Iterator<ColumnarBatch> batches, List<Share> shares) {
    ColumnVector[] vectors = new ColumnVector[ordinals.length];
    int[] picked = new int[0];
    int[] some = new int[0];
    long position = 0;
    int rows = 0;
    while (rows < mine.count() && batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      if (picked.length < batch.numRows()) {
        picked = new int[batch.numRows()];
        some = new int[batch.numRows()];
      }

      int count = pick(mine.positions(), position, batch.numRows(), picked);
      position += batch.numRows();
      if (count > 0) {
        for (int i = 0; i < vectors.length; i++) {
          vectors[i] = batch.column(ordinals[i]);
        }
        for (Share share : shares) {
          share.append(vectors, picked, rows, count, some);
        }

        rows += count;
      }
    }
  }

  /** What goes to one partition of the spine. */
  private static final class Share {
    private final ValueChunk values;
    private final boolean isAll;
    private final int[] numbers; // of wanted rows, ascending
    private int next;

    Share(ValueColumns columns, int count) {
      values = new ValueChunk(columns, count);
      isAll = true;
      numbers = new int[0];
    }

    Share(ValueColumns columns, PackedLongs differences) {
      values = new ValueChunk(columns, differences.count());
      isAll = false;
      numbers = differences.unpackedInts();
      for (int i = 1; i < numbers.length; i++) {
        numbers[i] += numbers[i - 1];
      }
    }

    void append(ColumnVector[] vectors, int[] picked, int firstNumber, int count, int[] some) {
      if (isAll) {
        values.append(vectors, picked, count);
        return;
      }

      int mine = 0;
      while (next < numbers.length && numbers[next] < firstNumber + count) {
        some[mine++] = picked[numbers[next++] - firstNumber];
      }
      if (mine > 0) {
        values.append(vectors, some, mine);
      }
    }
  }

  private static int pick(long[] positions, long first, int rows, int[] picked) {
    int count = 0;
    for (int i = 0; i < rows; i++) {
      long position = first + i;
      int word = (int) (position >>> 6);
      if (word >= positions.length) {
        break;
      }

      picked[count] = i;
      count += (int) (positions[word] >>> position & 1);
    }

    return count;
  }
}
