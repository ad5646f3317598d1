package org.millrace.kernels;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Steps that the vector kernels share. A row goes right at a node exactly when the top bit of its
 * byte less the node's number is set: the top bit is set beforehand, so that no borrow passes from
 * byte to byte.
 */
final class VectorNodes {
  static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  static final int STEP = LONGS.length();
  static final long TOP = 0x8080808080808080L;
  static final long BYTES = 0x0101010101010101L;

  private VectorNodes() {}

  static LongVector constant(int value) {
    return LongVector.broadcast(LONGS, value * BYTES);
  }

  static LongVector load(long[] array, int word) {
    return LongVector.fromArray(LONGS, array, word);
  }

  /** Top bits: goes right. The other bits are noise. */
  static LongVector decide(long[] column, int word, LongVector threshold) {
    return load(column, word).sub(threshold);
  }

  /** {@code right} where the bit of {@code where} is set, else {@code left}, bit by bit. */
  static LongVector choose(LongVector left, LongVector right, LongVector where) {
    return right.lanewise(VectorOperators.XOR, left).and(where).lanewise(VectorOperators.XOR, left);
  }

  /** Spreads each byte's top bit over the byte. */
  static LongVector spread(LongVector decision) {
    LongVector top = decision.and(TOP);
    return top.lanewise(VectorOperators.LSHL, 1).sub(top.lanewise(VectorOperators.LSHR, 7));
  }

  /** The top bit of each byte, moved down to bit {@code 7 - shift}. */
  static LongVector bit(LongVector decision, int shift) {
    return decision.and(TOP).lanewise(VectorOperators.LSHR, shift);
  }
}
