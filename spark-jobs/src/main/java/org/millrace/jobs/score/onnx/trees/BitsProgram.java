package org.millrace.jobs.score.onnx.trees;

/**
 * The operations of one tree.
 *
 * @param operations codes and operands, see {@code TreeKernels}
 * @param slot where the low byte of the leaf number ends, or -1 where {@code constant} is it
 * @param highSlot where the high byte ends, or -1 where {@code highConstant} is it
 * @param order by leaf number, the leaf's position in its tree
 */
@SuppressWarnings("ArrayRecordComponent") // read-only data of a package-private step
record BitsProgram(
    int[] operations, int slot, int constant, int highSlot, int highConstant, int[] order) {}
