package org.millrace.features.asof;

import java.io.Serializable;

/**
 * The values of a view's winners by place: chunks, each with the place of its first row.
 *
 * <p>Not changed once built; shared by task threads.
 */
final class ValueTable implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ValueChunk[] chunks;
  private final int[] firstPlaces; // by chunk, and the number of places

  ValueTable(ValueChunk[] chunks, int[] firstPlaces) {
    this.chunks = chunks;
    this.firstPlaces = firstPlaces;
    for (int i = 0; i < chunks.length; i++) {
      int expected = firstPlaces[i + 1] - firstPlaces[i];
      if (chunks[i].rows() != expected) {
        throw new IllegalStateException(
            "partition " + i + " of a view brought " + chunks[i].rows() + " rows for " + expected);
      }
    }
  }

  /** The chunk of a place, looked for from where the last one was. */
  int chunkOf(int place, int guess) {
    int chunk = guess;
    while (place < firstPlaces[chunk]) {
      chunk--;
    }
    while (place >= firstPlaces[chunk + 1]) {
      chunk++;
    }

    return chunk;
  }

  ValueChunk chunk(int chunk) {
    return chunks[chunk];
  }

  int firstPlace(int chunk) {
    return firstPlaces[chunk];
  }

  /**
   * Where several rows of equal times competed, lets their values decide.
   *
   * @param ties places that stand for others, and those others
   * @param places by spine row, changed in place
   */
  void decide(int[][] ties, int[] places) {
    if (ties[0].length == 0) {
      return;
    }

    int[] best = new int[firstPlaces[chunks.length]];
    for (int place = 0; place < best.length; place++) {
      best[place] = place;
    }

    for (int i = 0; i < ties[0].length; i++) {
      int leader = ties[0][i];
      if (compare(ties[1][i], best[leader]) > 0) {
        best[leader] = ties[1][i];
      }
    }

    for (int row = 0; row < places.length; row++) {
      if (places[row] >= 0) {
        places[row] = best[places[row]];
      }
    }
  }

  /** Order of the values at two places, by the view's rule. */
  int compare(int a, int b) {
    int chunkA = chunkOf(a, 0);
    int chunkB = chunkOf(b, 0);
    return ValueChunk.compare(
        chunks[chunkA], a - firstPlaces[chunkA], chunks[chunkB], b - firstPlaces[chunkB]);
  }
}
