package org.millrace.features.asof;

import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/** Numbers different texts, at first in the order they come, then in their own. One task. */
final class TextNumbers {
  private int[] table = new int[1 << 8]; // number + 1
  private byte[][] texts = new byte[1 << 7][];
  private long[] hashes = new long[1 << 7];
  private int size;

  /** The number of a text, given in the order of arrival. */
  int number(byte[] bytes, int start, int length) {
    long hash = XXH64.hashUnsafeBytes(bytes, Platform.BYTE_ARRAY_OFFSET + start, length, 0);
    int mask = table.length - 1;
    int entry = (int) hash & mask;
    while (table[entry] != 0) {
      int number = table[entry] - 1;
      byte[] text = texts[number];
      if (hashes[number] == hash
          && Arrays.equals(text, 0, text.length, bytes, start, start + length)) {
        return number;
      }

      entry = (entry + 1) & mask;
    }

    return add(Arrays.copyOfRange(bytes, start, start + length), hash, entry);
  }

  private int add(byte[] text, long hash, int entry) {
    if (size == texts.length) {
      texts = Arrays.copyOf(texts, size * 2);
      hashes = Arrays.copyOf(hashes, size * 2);
    }

    texts[size] = text;
    hashes[size] = hash;
    table[entry] = ++size;
    if (size * 2 > table.length) {
      grow();
    }

    return size - 1;
  }

  private void grow() {
    int[] larger = new int[table.length * 2];
    for (int number = 0; number < size; number++) {
      int entry = (int) hashes[number] & (larger.length - 1);
      while (larger[entry] != 0) {
        entry = (entry + 1) & (larger.length - 1);
      }

      larger[entry] = number + 1;
    }

    table = larger;
  }

  /**
   * Numbers the texts anew, in the order of their bytes, which is Spark's; no more can be added.
   *
   * @return the new number of each old one
   */
  int[] sort() {
    Integer[] order = new Integer[size];
    Arrays.setAll(order, number -> number);
    Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(texts[a], texts[b]));
    int[] ranks = new int[size];
    byte[][] sorted = new byte[size][];
    for (int rank = 0; rank < size; rank++) {
      ranks[order[rank]] = rank;
      sorted[rank] = texts[order[rank]];
    }

    texts = sorted;
    table = new int[0];
    return ranks;
  }

  /** The bytes of a number, not copied. */
  byte[] bytes(long number) {
    return texts[(int) number];
  }

  /** The text of a number. */
  UTF8String text(long number) {
    return UTF8String.fromBytes(texts[(int) number]);
  }
}
