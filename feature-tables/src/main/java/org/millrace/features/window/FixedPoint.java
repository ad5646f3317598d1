package org.millrace.features.window;

import java.math.BigInteger;
import java.util.List;

/**
 * Values of a series as whole numbers of one unit, a power of two: every finite double is one. Sums
 * of such numbers have no rounding error and no order, so that a value can be taken out of a sum
 * again without a trace. (The idea of a long accumulator, after Kulisch; here as long as the values
 * of one key need it.)
 *
 * <p>Where they fit, numbers are held in 128 bits with room for sums and for squares in 256; else
 * as {@link BigInteger}. Reused from key to key; one task.
 */
final class FixedPoint {
  /** Bits of a value, so that sums of 2^31 and sums of their squares times 2^31 fit. */
  static final int MOST_BITS = 95;

  static final byte FINITE = 0;
  static final byte NAN = 1;
  static final byte POSITIVE = 2;
  static final byte NEGATIVE = 3;

  private static final long MANTISSA = (1L << 52) - 1;
  private static final int EXPONENTS = 0x7FF;

  /** The unit is 2 to the power of this. */
  int scale;

  /** Whether some value does not fit. */
  boolean isWide;

  /** Whether some value is not finite. */
  boolean hasSpecial;

  /** Upper 64 bits of each value, in two's complement; 0 of one that is not finite. */
  long[] high = new long[64];

  /** Lower 64 bits. */
  long[] low = new long[64];

  /** Values that do not fit; empty unless {@link #isWide}. */
  BigInteger[] wide = new BigInteger[0];

  /** Which values are not finite; only where {@link #hasSpecial}. */
  byte[] special = new byte[0];

  /**
   * Takes values, in a unit that suits stored sums too, which are to be added to theirs.
   *
   * @param words of the values, as their kind reads them
   */
  void load(long[] words, int size, ValueKind kind, List<StoredSums> stored) {
    if (size > low.length) {
      high = new long[words.length];
      low = new long[words.length];
    }

    scale = 0;
    isWide = false;
    hasSpecial = false;
    wide = new BigInteger[0];
    if (kind.isFloating()) {
      loadFloating(words, size, kind, stored);
    } else {
      for (int i = 0; i < size; i++) {
        low[i] = words[i];
        high[i] = words[i] >> 63;
      }
    }
  }

  private void loadFloating(long[] words, int size, ValueKind kind, List<StoredSums> stored) {
    int least = StoredSums.NO_BITS;
    int most = Integer.MIN_VALUE;
    long count = size;
    for (StoredSums sums : stored) {
      least = Math.min(least, sums.least());
      most = Math.max(most, sums.most());
      count += sums.count();
    }

    for (int i = 0; i < size; i++) {
      long bits = Double.doubleToRawLongBits(kind.floating(words[i]));
      low[i] = bits;
      int exponent = (int) (bits >>> 52) & EXPONENTS;
      long mantissa = mantissa(bits);
      if (exponent == EXPONENTS) {
        hasSpecial = true;
      } else if (mantissa != 0) {
        int unit = unit(bits);
        least = Math.min(least, unit + Long.numberOfTrailingZeros(mantissa));
        most = Math.max(most, unit + Long.SIZE - Long.numberOfLeadingZeros(mantissa));
      }
    }

    scale = least == StoredSums.NO_BITS ? 0 : least;
    isWide = least != StoredSums.NO_BITS && (most - least > MOST_BITS || count > Integer.MAX_VALUE);
    special = hasSpecial ? new byte[size] : special;
    if (isWide) {
      wide = new BigInteger[size];
    }
    for (int i = 0; i < size; i++) {
      place(i, low[i]);
    }
  }

  /** Which of the kinds a number of these bits is. */
  static byte kind(long bits) {
    if ((bits >>> 52 & EXPONENTS) != EXPONENTS) {
      return FINITE;
    }

    return (bits & MANTISSA) != 0 ? NAN : bits > 0 ? POSITIVE : NEGATIVE;
  }

  /** The bits of a finite number without sign and exponent. */
  static long mantissa(long bits) {
    boolean isSubnormal = (bits >>> 52 & EXPONENTS) == 0;
    return (bits & MANTISSA) | (isSubnormal ? 0 : MANTISSA + 1);
  }

  /** Exponent of the last bit of the mantissa. */
  static int unit(long bits) {
    return Math.max(1, (int) (bits >>> 52) & EXPONENTS) - 1075;
  }

  private void place(int i, long bits) {
    high[i] = 0;
    low[i] = 0;
    byte kind = kind(bits);
    if (kind != FINITE) {
      special[i] = kind;
      if (isWide) {
        wide[i] = BigInteger.ZERO;
      }
      return;
    }

    long mantissa = mantissa(bits);
    int shift = mantissa == 0 ? 0 : unit(bits) - scale; // below 0 where only zeros are shifted out
    if (isWide) {
      BigInteger value = BigInteger.valueOf(bits < 0 ? -mantissa : mantissa);
      wide[i] = value.shiftLeft(shift);
      return;
    }

    if (shift < 0) {
      low[i] = mantissa >>> -shift;
    } else if (shift < Long.SIZE) {
      low[i] = mantissa << shift;
      high[i] = shift == 0 ? 0 : mantissa >>> (Long.SIZE - shift);
    } else {
      high[i] = mantissa << (shift - Long.SIZE);
    }
    if (bits < 0) {
      high[i] = ~high[i] + (low[i] == 0 ? 1 : 0);
      low[i] = -low[i];
    }
  }
}
