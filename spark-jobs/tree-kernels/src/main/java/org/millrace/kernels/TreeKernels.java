package org.millrace.kernels;

/**
 * One form of the inner loops: plain Java or vectors. Where a row's byte lies in an array of longs
 * is each form's own affair; {@link #pack} and {@link #unpack} agree on it. Stateless, thread-safe.
 */
public interface TreeKernels {
  /** Rows are taken in groups of 64: arrays are as long as whole groups. */
  int GROUP = 64;

  /** Code of the operation that makes a slot from one node and two neighbouring leaves. */
  int STUMP = 0;

  /** Three nodes of a perfect tree of depth 2, four neighbouring leaves. */
  int DEPTH_2 = 1;

  /** Seven nodes of a perfect tree of depth 3, eight neighbouring leaves. */
  int DEPTH_3 = 2;

  /** A slot keeps its number where the row goes right, and takes a constant where it goes left. */
  int CONSTANT_LEFT = 3;

  /** A slot keeps its number where the row goes left, and takes a constant where it goes right. */
  int CONSTANT_RIGHT = 4;

  /** A slot keeps its number where the row goes left, and takes another slot's elsewhere. */
  int BOTH = 5;

  /** A slot takes one constant left and another one right. */
  int CONSTANTS = 6;

  /** Three nodes that choose among four slots; the first one keeps the outcome. */
  int CHOOSE_4 = 7;

  /** By operation code: how many integers of the program it takes, its code included. */
  int[] LENGTHS = {5, 9, 17, 5, 5, 5, 6, 11};

  /** {@code bits} or {@code vector}. */
  String name();

  /** By operation code. */
  NodeKernel[] nodes();

  /**
   * Finds, for each value, how many thresholds are below it.
   *
   * @param values {@code rows} of them from {@code from}; NaN has the table's own rank
   * @param ranks the outcome, from 0
   */
  void rank(RankTable table, float[] values, int from, int rows, int[] ranks);

  /**
   * Cuts a virtual column of 127 thresholds out of ranks: {@code clamp(rank - base, 0, 127)} with
   * the top bit set, a byte a row.
   */
  void pack(int[] ranks, int base, long[] column, int words);

  /** Leaf numbers of a slot, in row order. */
  void unpack(long[] slot, int[] leaves, int words);

  /** Adds each row's leaf value to its sum, in row order. */
  void add(float[] sums, long[] slot, float[] values, int words);
}
