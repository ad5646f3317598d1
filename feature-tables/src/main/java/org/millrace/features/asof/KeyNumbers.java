package org.millrace.features.asof;

import java.util.Arrays;

/** Numbers the keys of one share of a spine in the order of their first rows, and counts rows. */
final class KeyNumbers {
  private final KeyBlock[] blocks;
  private final boolean exact;
  private long[] table = new long[1 << 12]; // key, its number + 1
  private long[] keys = new long[1 << 10];
  private int[] counts = new int[1 << 10];
  private final KeyBlock encodings = new KeyBlock(); // of the keys, by number
  private final int[] one = new int[1];
  private int size;
  private boolean collides;

  KeyNumbers(KeyBlock[] blocks, boolean exact) {
    this.blocks = blocks;
    this.exact = exact;
  }

  int size() {
    return size;
  }

  long key(int number) {
    return keys[number];
  }

  int count(int number) {
    return counts[number];
  }

  /** Whether two different keys had the same hash. */
  boolean collides() {
    return collides;
  }

  /** The number of a row's key, which counts one row more. */
  int number(long key, long mixed, int block, int row) {
    int mask = table.length / 2 - 1;
    int entry = (int) (mixed >>> 20) & mask;
    long number;
    while ((number = table[2 * entry + 1]) != 0 && table[2 * entry] != key) {
      entry = (entry + 1) & mask;
    }
    if (number == 0) {
      number = add(key, entry, block, row);
    } else if (!exact && !isSame((int) number - 1, block, row)) {
      collides = true;
    }

    counts[(int) number - 1]++;
    return (int) number - 1;
  }

  /** The encodings of the keys, by number; empty where keys are exact. */
  KeyBlock encodings() {
    return encodings;
  }

  private boolean isSame(int number, int block, int row) {
    return blocks[block].sameEncoding(
        row, encodings.bytes, encodings.start(number), encodings.ends[number]);
  }

  private int add(long key, int entry, int block, int row) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    if (!exact) {
      one[0] = row;
      encodings.append(blocks[block], one, 1, true);
    }

    keys[size] = key;
    size++;
    table[2 * entry] = key;
    table[2 * entry + 1] = size;
    if (size * 4 > table.length) {
      grow();
    }

    return size;
  }

  private void grow() {
    long[] larger = new long[table.length * 2];
    int mask = larger.length / 2 - 1;
    for (int number = 0; number < size; number++) {
      int entry = (int) (TimeIndex.mix(keys[number]) >>> 20) & mask;
      while (larger[2 * entry + 1] != 0) {
        entry = (entry + 1) & mask;
      }

      larger[2 * entry] = keys[number];
      larger[2 * entry + 1] = number + 1L;
    }

    table = larger;
  }
}
