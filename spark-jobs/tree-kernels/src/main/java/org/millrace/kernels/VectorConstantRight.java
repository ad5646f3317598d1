package org.millrace.kernels;

import static org.millrace.kernels.VectorNodes.STEP;
import static org.millrace.kernels.VectorNodes.choose;
import static org.millrace.kernels.VectorNodes.constant;
import static org.millrace.kernels.VectorNodes.decide;
import static org.millrace.kernels.VectorNodes.load;
import static org.millrace.kernels.VectorNodes.spread;

import jdk.incubator.vector.LongVector;

/** {@link TreeKernels#CONSTANT_RIGHT}. */
final class VectorConstantRight implements NodeKernel {
  @Override
  public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
    long[] slot = slots[program[at + 1]];
    LongVector right = constant(program[at + 2]);
    long[] x = columns[program[at + 3]];
    LongVector t = constant(program[at + 4]);
    for (int word = 0; word < words; word += STEP) {
      choose(load(slot, word), right, spread(decide(x, word, t))).intoArray(slot, word);
    }
  }
}
