package org.millrace.features.asof;

import java.io.Serializable;

/**
 * The values of a view's winners by place: chunks, each with the place of its first row.
 *
 * <p>Not changed once built; shared by task threads.
 */
final class ValueTable implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int PAGE_BITS = 10;

  private final ValueChunk[] chunks;
  private final int[] firstPlaces; // by chunk, and the number of places
  private final int[] chunkOfPage; // chunk of the first place of each page

  ValueTable(ValueChunk[] chunks, int[] firstPlaces) {
    this.chunks = chunks;
    this.firstPlaces = firstPlaces;
    this.chunkOfPage = chunkOfPage(firstPlaces);
    for (int i = 0; i < chunks.length; i++) {
      int expected = firstPlaces[i + 1] - firstPlaces[i];
      if (chunks[i].rows() != expected) {
        throw new IllegalStateException(
            "partition " + i + " of a view brought " + chunks[i].rows() + " rows for " + expected);
      }
    }
  }

  /** Pages are so short that a place is nearly always in the chunk in which its page starts. */
  private static int[] chunkOfPage(int[] firstPlaces) {
    int places = firstPlaces[firstPlaces.length - 1];
    int[] chunkOfPage = new int[(places >>> PAGE_BITS) + 1];
    int chunk = 0;
    for (int page = 0; page < chunkOfPage.length; page++) {
      while (chunk < firstPlaces.length - 2 && page << PAGE_BITS >= firstPlaces[chunk + 1]) {
        chunk++;
      }

      chunkOfPage[page] = chunk;
    }

    return chunkOfPage;
  }

  /** The chunk of a place. */
  int chunkOf(int place) {
    int chunk = chunkOfPage[place >>> PAGE_BITS];
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
    int chunkA = chunkOf(a);
    int chunkB = chunkOf(b);
    return ValueChunk.compare(
        chunks[chunkA], a - firstPlaces[chunkA], chunks[chunkB], b - firstPlaces[chunkB]);
  }
}
