package org.millrace.kernels;

/**
 * One operation on all rows of a block: it decides some nodes of a tree and merges leaf numbers,
 * eight rows in a {@code long}. Each one is a class of its own that is called through this
 * interface, so that the compiler makes each loop by itself and never inlines them all into one
 * method. Stateless.
 */
public interface NodeKernel {
  /**
   * Runs once.
   *
   * @param program operation codes and operands
   * @param at where this operation's operands begin
   * @param columns ranks of values, by virtual column: a byte a row, its top bit set
   * @param slots leaf numbers on their way, a byte a row
   * @param words how many longs of each array are in use
   */
  void run(int[] program, int at, long[][] columns, long[][] slots, int words);
}
