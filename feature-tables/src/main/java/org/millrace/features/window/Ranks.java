package org.millrace.features.window;

import java.util.Arrays;

/** Values of a series by rank: equal ones have the same. Reused from key to key; one task. */
final class Ranks {
  private long[] sorted = new long[64];

  /** By event. */
  int[] rank = new int[64];

  /** How many different values there are. */
  int distinct;

  void load(long[] words, int size, ValueKind kind) {
    if (size > rank.length) {
      rank = new int[words.length];
      sorted = new long[words.length];
    }

    for (int i = 0; i < size; i++) {
      sorted[i] = kind.orderOfEqual(words[i]);
    }

    Arrays.sort(sorted, 0, size);
    distinct = 0;
    for (int i = 0; i < size; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[distinct++] = sorted[i];
      }
    }

    for (int i = 0; i < size; i++) {
      rank[i] = Arrays.binarySearch(sorted, 0, distinct, kind.orderOfEqual(words[i]));
    }
  }

  /** The value of a rank, as a number in the order of its kind. */
  long order(int ofRank) {
    return sorted[ofRank];
  }
}
