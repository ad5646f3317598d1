package org.millrace.features.asof;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.DataType;

/**
 * The columns of a view whose values winners bring: those that stand in the output, first, then
 * what only decides between rows of equal times.
 *
 * @param cells how each is held
 * @param types of each
 * @param output how many of them stand in the output
 * @param order of comparison between rows of equal times: tie column, then features
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
record ValueColumns(Cell[] cells, DataType[] types, int output, int[] order)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * The columns of a view.
   *
   * @param types features, then the event time where it is carried, then the tie where there is one
   */
  static ValueColumns of(List<DataType> types, int features, boolean age, boolean tie) {
    int output = features + (age ? 1 : 0);
    IntStream byFeatures = IntStream.range(0, features);
    int[] order = (tie ? IntStream.concat(IntStream.of(output), byFeatures) : byFeatures).toArray();
    return new ValueColumns(
        types.stream().map(Cell::of).toArray(Cell[]::new),
        types.toArray(DataType[]::new),
        output,
        order);
  }

  /** Words of a row that say which of its columns are null. */
  int nullWords() {
    return (cells.length + Long.SIZE - 1) / Long.SIZE;
  }

  /** Words of a row: nulls, then a word a column. */
  int width() {
    return nullWords() + cells.length;
  }

  boolean hasOpenCell() {
    for (Cell cell : cells) {
      if (cell.isOpen()) {
        return true;
      }
    }

    return false;
  }
}
