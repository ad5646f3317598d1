package org.millrace.kernels;

import static org.millrace.kernels.VectorNodes.STEP;
import static org.millrace.kernels.VectorNodes.bit;
import static org.millrace.kernels.VectorNodes.constant;
import static org.millrace.kernels.VectorNodes.decide;

import jdk.incubator.vector.LongVector;

/** {@link TreeKernels#STUMP}. */
final class VectorStump implements NodeKernel {
  @Override
  public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
    long[] out = slots[program[at + 1]];
    LongVector base = constant(program[at + 2]);
    long[] x = columns[program[at + 3]];
    LongVector t = constant(program[at + 4]);
    for (int word = 0; word < words; word += STEP) {
      bit(decide(x, word, t), 7).add(base).intoArray(out, word);
    }
  }
}
