package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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
   * @param byTarget numbers of wanted rows (0 for the first), for each partition of the spine;
   *     empty where all go to one place
   */
  @SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
  record Wanted(long[] positions, int count, int[][] byTarget) implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
  }

  /** Values of one partition of a view, as they travel. */
  record Fetched(int view, int partition, ValueChunk values) implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Iterator<Tuple2<Integer, byte[]>> call(
      Integer partition, Iterator<ColumnarBatch> batches) {
    Wanted mine = wanted.get(partition).value();
    ValueChunk all = fetch(mine, batches);
    List<Tuple2<Integer, byte[]>> parcelsByTarget = new ArrayList<>();
    if (mine.byTarget().length == 0) {
      parcelsByTarget.add(new Tuple2<>(0, parcels.pack(new Fetched(view, partition, all))));
    }
    for (int target = 0; target < mine.byTarget().length; target++) {
      int[] picked = mine.byTarget()[target];
      if (picked.length > 0) {
        ValueChunk some = all.pick(picked);
        parcelsByTarget.add(new Tuple2<>(target, parcels.pack(new Fetched(view, partition, some))));
      }
    }

    return parcelsByTarget.iterator();
  }

  private ValueChunk fetch(Wanted mine, Iterator<ColumnarBatch> batches) {
    ValueChunk values = new ValueChunk(columns, mine.count());
    ColumnVector[] vectors = new ColumnVector[ordinals.length];
    int[] picked = new int[0];
    long position = 0;
    while (values.rows() < mine.count() && batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      if (picked.length < batch.numRows()) {
        picked = new int[batch.numRows()];
      }

      int count = pick(mine.positions(), position, batch.numRows(), picked);
      position += batch.numRows();
      if (count > 0) {
        for (int i = 0; i < vectors.length; i++) {
          vectors[i] = batch.column(ordinals[i]);
        }

        values.append(vectors, picked, count);
      }
    }

    return values.trimmed();
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
