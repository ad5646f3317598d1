package org.millrace.features.asof;

import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers as they travel between JVMs: the differences from the smallest, in as many bytes each as
 * the largest difference takes. Times, rows and places take 1 to 6 bytes instead of 8, and a byte
 * array is what serialisers pass on fastest. Immutable.
 */
final class PackedLongs implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final int count;
  private final long least;
  private final int width; // bytes a number, 0 to 8
  private final byte[] bytes; // and room for a whole word at the last number

  private PackedLongs(int count, long least, int width) {
    this.count = count;
    this.least = least;
    this.width = width;
    this.bytes = new byte[width == 0 ? 0 : Math.addExact(Math.multiplyExact(count, width), 8)];
  }

  /** The first of some numbers. */
  static PackedLongs of(long[] numbers, int count) {
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, numbers[i]);
      most = Math.max(most, numbers[i]);
    }

    PackedLongs packed = count == 0 ? new PackedLongs(0, 0, 0) : within(count, least, most);
    if (packed.width > 0) {
      for (int i = 0; i < count; i++) {
        packed.put(i, numbers[i]);
      }
    }

    return packed;
  }

  /** Numbers of at most 32 bits. */
  static PackedLongs of(int[] numbers) {
    int least = Integer.MAX_VALUE;
    int most = Integer.MIN_VALUE;
    for (int number : numbers) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }

    PackedLongs packed =
        numbers.length == 0 ? new PackedLongs(0, 0, 0) : within(numbers.length, least, most);
    if (packed.width > 0) {
      for (int i = 0; i < numbers.length; i++) {
        packed.put(i, numbers[i]);
      }
    }

    return packed;
  }

  private static PackedLongs within(int count, long least, long most) {
    long range = most - least; // as an unsigned number, which never overflows
    int bits = Long.SIZE - Long.numberOfLeadingZeros(range);
    return new PackedLongs(count, least, (bits + Byte.SIZE - 1) / Byte.SIZE);
  }

  /** In ascending order, as what follows lies above: a number is written over what was too long. */
  private void put(int i, long number) {
    WORDS.set(bytes, i * width, number - least);
  }

  int count() {
    return count;
  }

  /** Writes the numbers to the start of an array. */
  void unpack(long[] to) {
    long mask = mask();
    for (int i = 0; i < count; i++) {
      to[i] = width == 0 ? least : least + ((long) WORDS.get(bytes, i * width) & mask);
    }
  }

  /** The numbers. */
  long[] unpacked() {
    long[] numbers = new long[count];
    unpack(numbers);
    return numbers;
  }

  /** The numbers, which take at most 32 bits. */
  int[] unpackedInts() {
    int[] numbers = new int[count];
    long mask = mask();
    for (int i = 0; i < count; i++) {
      numbers[i] = (int) (width == 0 ? least : least + ((long) WORDS.get(bytes, i * width) & mask));
    }

    return numbers;
  }

  private long mask() {
    return width == Long.BYTES ? -1L : (1L << (width * Byte.SIZE)) - 1;
  }
}
