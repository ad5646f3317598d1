package org.millrace.features.window;

import java.math.BigInteger;

/** Arithmetic of 128 and 256 bits, in two's complement, the lowest word first. Stateless. */
final class Wide {
  private static final int TOP_BITS = 62; // more than a double has, with a bit that says "and more"

  private Wide() {}

  /** The double nearest to a number of 128 bits; of two, the even one. */
  static double toDouble(long high, long low) {
    if (high == low >> 63) {
      return low;
    }
    if (high < 0) {
      return -positive(~high + (low == 0 ? 1 : 0), -low);
    }

    return positive(high, low);
  }

  private static double positive(long high, long low) {
    if (high == 0 && low >= 0) {
      return low;
    }

    int bits = 2 * Long.SIZE - leadingZeros(high, low);
    int shift = bits - TOP_BITS; // 2 to 66
    long top;
    boolean hasMore;
    if (shift < Long.SIZE) {
      top = high << (Long.SIZE - shift) | low >>> shift;
      hasMore = low << (Long.SIZE - shift) != 0;
    } else {
      top = high >>> (shift - Long.SIZE);
      hasMore = low != 0 || (shift > Long.SIZE && high << (2 * Long.SIZE - shift) != 0);
    }

    return Math.scalb((double) (top | (hasMore ? 1 : 0)), shift);
  }

  private static int leadingZeros(long high, long low) {
    return high != 0 ? Long.numberOfLeadingZeros(high) : Long.SIZE + Long.numberOfLeadingZeros(low);
  }

  /** The double nearest to a number of 256 bits that is not negative. */
  static double toDouble(long[] words) {
    int word = 3;
    while (word > 1 && words[word] == 0) {
      word--;
    }

    // the two words with the highest bits, and whether there is more: one bit of 64 or more
    boolean hasMore = false;
    for (int below = 0; below < word - 1; below++) {
      hasMore |= words[below] != 0;
    }

    double top = positive(words[word], words[word - 1] | (hasMore ? 1 : 0));
    return Math.scalb(top, (word - 1) * Long.SIZE);
  }

  /**
   * How many bits of a number to set aside, an even count, so that the rest is in a double's range.
   */
  static int bitsAside(BigInteger number) {
    return Math.max(0, number.bitLength() - 512) & ~1;
  }

  /** The double nearest to {@code number * 2^(scale - aside)}, where that is not subnormal. */
  static double toDouble(BigInteger number, int aside, int scale) {
    int cut = bitsAside(number);
    BigInteger top = number.shiftRight(cut);
    boolean hasMore = cut > 0 && number.getLowestSetBit() < cut;
    return Math.scalb((hasMore ? top.setBit(0) : top).doubleValue(), cut + scale - aside);
  }

  /** The upper half of the product of two numbers without a sign. */
  static long multiplyHigh(long a, long b) {
    return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
  }

  /** The square of a number of 128 bits. */
  static void square(long high, long low, long[] into) {
    long a = low;
    long b = high;
    if (high < 0) {
      a = -low;
      b = ~high + (low == 0 ? 1 : 0);
    }

    into[0] = a * a;
    into[1] = multiplyHigh(a, a);
    into[2] = b * b;
    into[3] = multiplyHigh(b, b);
    long crossLow = a * b;
    long crossHigh = multiplyHigh(a, b);
    long twiceHigh = crossHigh << 1 | crossLow >>> 63;
    add(into, 1, crossLow << 1);
    add(into, 2, twiceHigh);
    add(into, 3, crossHigh >>> 63);
  }

  /** Adds to a word, and carries. */
  private static void add(long[] words, int at, long added) {
    long carry = added;
    for (int i = at; i < words.length && carry != 0; i++) {
      words[i] += carry;
      carry = Long.compareUnsigned(words[i], carry) < 0 ? 1 : 0;
    }
  }

  static void add(long[] sum, long[] added) {
    long carry = 0;
    for (int i = 0; i < sum.length; i++) {
      long part = sum[i] + added[i];
      long carried = Long.compareUnsigned(part, sum[i]) < 0 ? 1 : 0;
      sum[i] = part + carry;
      carry = carried | (sum[i] == 0 && carry == 1 ? 1 : 0);
    }
  }

  static void subtract(long[] difference, long[] taken) {
    long borrow = 0;
    for (int i = 0; i < difference.length; i++) {
      long before = difference[i];
      long part = before - taken[i];
      difference[i] = part - borrow;
      long borrowed = Long.compareUnsigned(before, taken[i]) < 0 ? 1 : 0;
      borrow = borrowed | (part == 0 && borrow == 1 ? 1 : 0);
    }
  }

  /** A number that is not negative times one that is not. */
  static void multiply(long[] number, long by, long[] into) {
    long carry = 0;
    for (int i = 0; i < number.length; i++) {
      long low = number[i] * by;
      into[i] = low + carry;
      carry = multiplyHigh(number[i], by) + (Long.compareUnsigned(into[i], low) < 0 ? 1 : 0);
    }
  }
}
