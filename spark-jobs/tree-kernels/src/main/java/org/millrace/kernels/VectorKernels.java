package org.millrace.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops with {@code jdk.incubator.vector}, in the machine's widest registers. In a group of
 * {@code 4 L} rows, where L is the number of int lanes, byte b of int lane l is row {@code b L +
 * l}: ranks are then packed, and leaf numbers unpacked, without moving anything across lanes.
 */
public final class VectorKernels implements TreeKernels {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int L = INTS.length();

  /** Made by reflection, where the module is present. */
  public VectorKernels() {
    if (L < 4 || L > GROUP / 4) {
      throw new UnsupportedOperationException(
          "Cannot use registers of " + L + " integers: 4 to " + GROUP / 4 + " are covered");
    }
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public NodeKernel[] nodes() {
    return new NodeKernel[] {
      new VectorStump(),
      new VectorDepth2(),
      new VectorDepth3(),
      new VectorConstantLeft(),
      new VectorConstantRight(),
      new VectorBoth(),
      new VectorConstants(),
      new VectorChoose4()
    };
  }

  /** Reads past the last row within the arrays where it can, and finishes row by row where not. */
  @Override
  public void rank(RankTable table, float[] values, int from, int rows, int[] ranks) {
    int whole = INTS.loopBound(rows);
    rankWhole(table, values, from, whole, ranks);
    ScalarRanks.rank(table, values, from, whole, rows, ranks);
  }

  private static void rankWhole(RankTable table, float[] values, int from, int rows, int[] ranks) {
    int[] keys = table.keys();
    int[] starts = table.starts();
    int first = table.step();
    IntVector top = IntVector.broadcast(INTS, starts.length - 1);
    IntVector missing = IntVector.broadcast(INTS, table.missing());
    FloatVector low = FloatVector.broadcast(FLOATS, table.low());
    FloatVector scale = FloatVector.broadcast(FLOATS, table.scale());
    for (int row = 0; row < rows; row += L) {
      FloatVector x = FloatVector.fromArray(FLOATS, values, from + row);
      IntVector bits = x.add(0f).viewAsIntegralLanes(); // -0.0 becomes 0.0
      IntVector key =
          bits.lanewise(
              VectorOperators.XOR,
              bits.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.LSHR, 1));
      IntVector bucket =
          (IntVector) x.sub(low).mul(scale).convertShape(VectorOperators.F2I, INTS, 0);
      bucket = bucket.max(0).min(top);
      bucket.intoArray(ranks, row); // a gather takes its positions from an array
      IntVector rank = IntVector.fromArray(INTS, starts, 0, ranks, row);
      for (int step = first; step > 0; step >>= 1) {
        rank.intoArray(ranks, row);
        IntVector candidate = IntVector.fromArray(INTS, keys, step - 1, ranks, row);
        VectorMask<Integer> below = candidate.compare(VectorOperators.LT, key);
        rank = rank.blend(rank.add(step), below);
      }

      rank.blend(missing, x.compare(VectorOperators.NE, x).cast(INTS)).intoArray(ranks, row);
    }
  }

  @Override
  public void pack(int[] ranks, int base, long[] column, int words) {
    IntVector bases = IntVector.broadcast(INTS, base);
    int longs = L / 2;
    for (int word = 0, row = 0; word < words; word += longs, row += 4 * L) {
      cut(ranks, row, bases)
          .or(cut(ranks, row + L, bases).lanewise(VectorOperators.LSHL, 8))
          .or(cut(ranks, row + 2 * L, bases).lanewise(VectorOperators.LSHL, 16))
          .or(cut(ranks, row + 3 * L, bases).lanewise(VectorOperators.LSHL, 24))
          .or(0x80808080)
          .reinterpretAsLongs()
          .intoArray(column, word);
    }
  }

  private static IntVector cut(int[] ranks, int row, IntVector base) {
    return IntVector.fromArray(INTS, ranks, row).sub(base).max(0).min(127);
  }

  @Override
  public void unpack(long[] slot, int[] leaves, int words) {
    int longs = L / 2;
    for (int word = 0, row = 0; word < words; word += longs, row += 4 * L) {
      IntVector numbers = LongVector.fromArray(VectorNodes.LONGS, slot, word).reinterpretAsInts();
      numbers.and(255).intoArray(leaves, row);
      numbers.lanewise(VectorOperators.LSHR, 8).and(255).intoArray(leaves, row + L);
      numbers.lanewise(VectorOperators.LSHR, 16).and(255).intoArray(leaves, row + 2 * L);
      numbers.lanewise(VectorOperators.LSHR, 24).intoArray(leaves, row + 3 * L);
    }
  }

  /** Scalar look-ups: gathers of leaf values are no faster, and each row's order stays the same. */
  @Override
  public void add(float[] sums, long[] slot, float[] values, int words) {
    int lanes = L;
    int longs = lanes / 2;
    for (int word = 0, row = 0; word < words; word += longs, row += 3 * lanes) {
      for (int lane = 0; lane < longs; lane++, row += 2) {
        long eight = slot[word + lane];
        int low = (int) eight;
        int high = (int) (eight >>> 32);
        sums[row] += values[low & 255];
        sums[row + 1] += values[high & 255];
        sums[row + lanes] += values[low >>> 8 & 255];
        sums[row + lanes + 1] += values[high >>> 8 & 255];
        sums[row + 2 * lanes] += values[low >>> 16 & 255];
        sums[row + 2 * lanes + 1] += values[high >>> 16 & 255];
        sums[row + 3 * lanes] += values[low >>> 24];
        sums[row + 3 * lanes + 1] += values[high >>> 24];
      }
    }
  }
}
