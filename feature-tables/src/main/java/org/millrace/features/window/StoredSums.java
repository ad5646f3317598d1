package org.millrace.features.window;

import java.io.Serializable;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * How many values there are, their exact sum and the exact sum of their squares, as they are stored
 * and added up again: whole numbers of one unit, a power of two, as in {@link FixedPoint}. Nothing
 * is rounded, so that sums of parts are the sum of the whole, bit for bit, in any order.
 *
 * <p>Bytes: format (8 bits), count, NaNs, infinities of each sign (64 bits each), lowest and
 * highest exponent (32 bits each), bytes of the sum (32 bits), the sum, the sum of squares; numbers
 * big-endian in two's complement. Public only because Spark makes codecs of public classes alone.
 * Not thread-safe.
 */
public final class StoredSums implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of the bytes; another one whenever they change. */
  static final byte FORMAT = 1;

  private static final int HEAD = 1 + 4 * Long.BYTES + 3 * Integer.BYTES;

  /** {@link #least} where every value is zero or not finite. */
  static final int NO_BITS = Integer.MAX_VALUE;

  private long count;
  private final long[] specials = new long[4]; // by FixedPoint's kinds
  private int least = NO_BITS;
  private int most = Integer.MIN_VALUE;
  private BigInteger sum = BigInteger.ZERO;
  private BigInteger squares = BigInteger.ZERO;

  long count() {
    return count;
  }

  /** How many values are of a kind of {@link FixedPoint} that is not finite. */
  long specials(int kind) {
    return specials[kind];
  }

  /** The exponent of the lowest bit of any value, and the unit of the sum; or {@link #NO_BITS}. */
  int least() {
    return least;
  }

  /** The exponent behind the highest bit of any value. */
  int most() {
    return most;
  }

  /** In units of 2^{@link #least}. */
  BigInteger sum() {
    return sum;
  }

  /** In units of 4^{@link #least}. */
  BigInteger squares() {
    return squares;
  }

  /** Adds a whole number. */
  void add(long value) {
    count++;
    if (value != 0) {
      BigInteger exact = BigInteger.valueOf(value);
      addFinite(exact, 0, exact.abs().bitLength());
    }
  }

  /** Adds a floating number. */
  void add(double value) {
    count++;
    long bits = Double.doubleToRawLongBits(value);
    byte kind = FixedPoint.kind(bits);
    if (kind != FixedPoint.FINITE) {
      specials[kind]++;
    } else if (value != 0) {
      long mantissa = FixedPoint.mantissa(bits);
      int zeros = Long.numberOfTrailingZeros(mantissa);
      int unit = FixedPoint.unit(bits);
      long number = mantissa >>> zeros;
      addFinite(
          BigInteger.valueOf(value < 0 ? -number : number),
          unit + zeros,
          unit + Long.SIZE - Long.numberOfLeadingZeros(mantissa));
    }
  }

  private void addFinite(BigInteger number, int exponent, int end) {
    addScaled(number, number.multiply(number), exponent);
    most = Math.max(most, end);
  }

  private void addScaled(BigInteger more, BigInteger moreSquares, int exponent) {
    if (least == NO_BITS) {
      least = exponent;
    } else if (exponent < least) {
      sum = sum.shiftLeft(least - exponent);
      squares = squares.shiftLeft(2 * (least - exponent));
      least = exponent;
    }

    sum = sum.add(more.shiftLeft(exponent - least));
    squares = squares.add(moreSquares.shiftLeft(2 * (exponent - least)));
  }

  /** Adds all of another. */
  void add(StoredSums other) {
    count += other.count;
    for (int kind = 0; kind < specials.length; kind++) {
      specials[kind] += other.specials[kind];
    }
    if (other.least != NO_BITS) {
      addScaled(other.sum, other.squares, other.least);
      most = Math.max(most, other.most);
    }
  }

  private Object writeReplace() {
    return new Bytes(toBytes());
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Bytes(byte[] bytes) implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      return of(bytes);
    }
  }

  byte[] toBytes() {
    byte[] ofSum = sum.toByteArray();
    byte[] ofSquares = squares.toByteArray();
    return ByteBuffer.allocate(HEAD + ofSum.length + ofSquares.length)
        .put(FORMAT)
        .putLong(count)
        .putLong(specials[FixedPoint.NAN])
        .putLong(specials[FixedPoint.POSITIVE])
        .putLong(specials[FixedPoint.NEGATIVE])
        .putInt(least)
        .putInt(most)
        .putInt(ofSum.length)
        .put(ofSum)
        .put(ofSquares)
        .array();
  }

  /** What {@link #toBytes} gave; throws DATA_CONTRACT for anything else. */
  static StoredSums of(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      byte format = in.get();
      if (format != FORMAT) {
        throw unreadable("format " + format + ", this version reads " + FORMAT, null);
      }

      StoredSums sums = new StoredSums();
      sums.count = in.getLong();
      sums.specials[FixedPoint.NAN] = in.getLong();
      sums.specials[FixedPoint.POSITIVE] = in.getLong();
      sums.specials[FixedPoint.NEGATIVE] = in.getLong();
      sums.least = in.getInt();
      sums.most = in.getInt();
      byte[] ofSum = new byte[in.getInt()];
      in.get(ofSum);
      byte[] ofSquares = new byte[in.remaining()];
      in.get(ofSquares);
      sums.sum = new BigInteger(ofSum);
      sums.squares = new BigInteger(ofSquares);
      return sums;
    } catch (BufferUnderflowException | NegativeArraySizeException | NumberFormatException e) {
      throw unreadable(bytes.length + " bytes, which end too early", e);
    }
  }

  private static MillraceException unreadable(String found, @Nullable Throwable cause) {
    String message =
        "Cannot read stored sums: "
            + found
            + "; compute the daily partial aggregates of the view anew";
    return cause == null
        ? new MillraceException(ErrorCategory.DATA_CONTRACT, message)
        : new MillraceException(ErrorCategory.DATA_CONTRACT, message, cause);
  }
}
