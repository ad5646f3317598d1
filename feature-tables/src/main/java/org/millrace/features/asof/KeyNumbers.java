package org.millrace.features.asof;

import java.util.Arrays;

/** Numbers the keys of one share of a spine in the order of their first rows, and counts rows. */
final class KeyNumbers {
  private final KeyBlock[] blocks;
  private final boolean exact;
  private long[] table = new long[1 << 12]; // key, its number + 1
  private long[] keys = new long[1 << 10];
  private int[] counts = new int[1 << 10];
  private int[] firstBlock = new int[0]; // where the encoding of a key can be read
  private int[] firstRow = new int[0];
  private int size;
  private boolean collides;

  KeyNumbers(KeyBlock[] blocks, boolean exact) {
    this.blocks = blocks;
    this.exact = exact;
    if (!exact) {
      firstBlock = new int[keys.length];
      firstRow = new int[keys.length];
    }
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

  void copyEncoding(int number, KeyBlock into, int at) {
    KeyBlock from = blocks[firstBlock[number]];
    int start = from.start(firstRow[number]);
    int length = from.ends[firstRow[number]] - start;
    int end = into.start(at) + length;
    into.requireBytes(end);
    System.arraycopy(from.bytes, start, into.bytes, into.start(at), length);
    into.ends[at] = end;
  }

  private boolean isSame(int number, int block, int row) {
    KeyBlock first = blocks[firstBlock[number]];
    int firstOfKey = firstRow[number];
    return blocks[block].sameEncoding(
        row, first.bytes, first.start(firstOfKey), first.ends[firstOfKey]);
  }

  private int add(long key, int entry, int block, int row) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
      if (!exact) {
        firstBlock = Arrays.copyOf(firstBlock, size * 2);
        firstRow = Arrays.copyOf(firstRow, size * 2);
      }
    }
    if (!exact) {
      firstBlock[size] = block;
      firstRow[size] = row;
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
